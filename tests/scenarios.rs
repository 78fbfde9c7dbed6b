//! Every scenario of the demo that breaks something: played, tried with `oktui test`, and the saved run given to `oktui diagnose`. The
//! right leg and the right cause have to come first; where it can be known before a sign-in, `oktui why` has to know it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::served::{Served, json as parsed, shown};

const CALLBACK: &str = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback";
/// That of the app `HR Portal`, for the scenarios about the whole org.
const PORTAL: &str = "https://hr.acme.example/oauth/callback";
/// The leg that most of them are about.
const OKTA: &str = "gateway-to-okta";

/// Who tries.
#[derive(Clone, Copy, PartialEq)]
enum By {
    /// Okta's facts are known: `--app`.
    App,
    /// The same, and the tokens to their end.
    Life,
    /// Only what the gateway was given: issuer, client and the secret of the first day, in a header.
    Given,
}

struct Row {
    scenario: &'static str,
    by: By,
    /// The first finding, and its step.
    rule: &'static str,
    step: Option<&'static str>,
    /// How `oktui test` ends: 1, or 0 where it can only warn.
    code: i32,
    /// The question of `oktui why` that fails.
    why: Option<&'static str>,
}

const fn row(scenario: &'static str, by: By, rule: &'static str, step: &'static str) -> Row {
    Row { scenario, by, rule, step: Some(step), code: 1, why: None }
}

impl Row {
    /// About no single step.
    const fn anywhere(mut self) -> Self {
        self.step = None;
        self
    }

    const fn warns(mut self) -> Self {
        self.code = 0;
        self
    }

    const fn why(mut self, question: &'static str) -> Self {
        self.why = Some(question);
        self
    }
}

const ROWS: &[Row] = &[
    row("no-api-access-management", By::App, "server.not-found", "").anywhere(),
    row("default-without-policy", By::App, "policy.none", "authorize"),
    row("mfa-required", By::App, "policy.factor", "authorize"),
    row("redirect-slash", By::App, "redirect.not-registered", "authorize"),
    row("redirect-scheme", By::App, "redirect.not-registered", "authorize"),
    row("redirect-case", By::App, "redirect.not-registered", "authorize"),
    row("redirect-port", By::App, "redirect.not-registered", "authorize"),
    row("redirect-host", By::App, "redirect.not-registered", "authorize"),
    row("not-assigned", By::App, "assignment.none", "authorize").why("assignment"),
    row("other-group", By::App, "assignment.none", "authorize").why("assignment"),
    row("person-suspended", By::App, "sign-in.refused", "sign-in").why("status"),
    row("person-locked", By::App, "sign-in.refused", "sign-in").why("status"),
    row("app-inactive", By::Given, "client.unknown", "authorize").why("app"),
    row("policy-without-client", By::App, "policy.none", "authorize").why("access_policy"),
    row("policy-without-grant", By::App, "policy.none", "authorize").why("access_policy"),
    row("policy-without-scope", By::App, "policy.none", "authorize").why("access_policy"),
    row("policy-without-person", By::App, "policy.none", "authorize").why("access_policy"),
    row("server-inactive", By::App, "server.not-found", "").anywhere(),
    row("grant-missing", By::App, "client.grant-off", "authorize"),
    row("refresh-not-granted", By::Life, "refresh.none", "token"),
    row("secret-inactive", By::Given, "client.secret-wrong", "token"),
    row("auth-method", By::Given, "client.method", "token"),
    row("dpop-required", By::App, "dpop.required", "token"),
    row("code-expired", By::App, "token.code-refused", "token"),
    row("code-used", By::App, "token.code-refused", "token"),
    row("verifier-wrong", By::App, "pkce.verifier", "token"),
    row("refresh-reused", By::Life, "refresh.dead", "refresh"),
    row("clock-skew", By::App, "network.clock", "").anywhere().warns(),
    row("rate-limited", By::App, "rate.okta", "authorize"),
    row("html-for-json", By::App, "network.html-for-json", "token"),
    row("network-zone", By::App, "policy.network-zone", "token"),
    row("managed-device", By::App, "policy.device", "authorize"),
    row("custom-domain", By::App, "server.issuer", "").anywhere(),
    row("group-lost", By::App, "assignment.none", "authorize").why("assignment"),
    row("org-deactivated", By::Given, "org.deactivated", "").anywhere(),
];

/// Scenarios that break no sign-in of the tester's: how the org behaves, and the app that works.
const NOT_BROKEN: &[&str] = &[
    "plain",
    "free-org",
    "session-mfa",
    "unique-labels",
    "assigned-twice-conflict",
    "practice",
    // Everybody passes; `oktui doctor` tells of it (tests/mending.rs).
    "federation-broker",
    // The tester sends PKCE; whether the gateway does, only the gateway knows. `oktui doctor` tells of it (tests/mending.rs).
    "pkce-required",
];

fn play(org: &Served, scenario: &str) {
    let (status, said) = org.request("POST", "/__demo/scenario", Some(json!({ "name": scenario })));
    assert_eq!(status, 200, "{scenario}: {said}");
    // Okta takes four sign-ins a second for one person; another window lets the count begin anew.
    let length = org.get("/__demo/traffic")["window_ms"].as_i64().unwrap() ^ 1;
    org.request("POST", "/__demo/traffic", Some(json!({ "window_ms": length })));
}

/// The practice app's id and client id, and the secret that the gateway was given on the first day.
fn practice(org: &Served) -> (String, String) {
    play(org, "practice");
    let id = org.get("/__demo/describe")["practice_app"]["id"].as_str().unwrap().to_owned();
    let secrets = org.get(&format!("/api/v1/apps/{id}/credentials/secrets"));
    (id, secrets[0]["client_secret"].as_str().unwrap().to_owned())
}

/// The findings of a run.
fn tried(org: &Served, by: By, app: &str, uri: &str, secret: &str) -> (Option<i32>, Value, String) {
    let home = tempfile::tempdir().unwrap();
    let har = home.path().join("run.har");
    let har = har.to_str().unwrap();
    let (ana, password) = org.person("ana@");
    let issuer = format!("{}/oauth2/default", org.text("org_url"));
    let mut args = vec!["test", "--as", &ana, "--redirect-uri", uri, "--har", har];
    let mut input = password.clone();
    match by {
        By::App => args.extend(["--app", app, "--server", "default"]),
        By::Life => args.extend([
            "--app",
            app,
            "--server",
            "default",
            "--kind",
            "refresh",
            "--scopes",
            "openid",
            "offline_access",
        ]),
        By::Given => {
            args.extend(["--issuer", &issuer, "--client-id", app]);
            input = format!("{secret}\n{password}");
        }
    }
    let tested = org.run_with_input(home.path(), &args, &input);
    let log = shown(&tested);
    if !std::path::Path::new(har).exists() {
        return (tested.status.code(), Value::Null, log);
    }
    let diagnosed = org.run(home.path(), &["diagnose", "--har", har, "--json"]);
    (tested.status.code(), parsed(&diagnosed), log)
}

#[test]
fn every_scenario_leads_to_its_leg_and_its_cause_first() {
    let org = Served::start(&[]);
    let (app, secret) = practice(&org);
    let mut wrong = Vec::new();
    for row in ROWS {
        play(&org, row.scenario);
        // Scenarios about the whole org come without the app.
        let (client, uri) = if org.get("/__demo/describe")["practice_app"].is_null() {
            (org.get("/api/v1/apps?q=HR")[0]["id"].as_str().unwrap().to_owned(), PORTAL)
        } else {
            (app.clone(), CALLBACK)
        };
        let (code, found, log) = tried(&org, row.by, &client, uri, &secret);
        let first = &found["findings"][0];
        let is = (first["rule"].as_str(), first["leg"].as_str(), first["step"].as_str());
        let leg = if row.rule == "network.clock" { "network" } else { OKTA };
        if code != Some(row.code) || is != (Some(row.rule), Some(leg), row.step) {
            wrong.push(format!("{}: {code:?} {is:?}\n{first}\n{log}", row.scenario));
        }
        if let Some(question) = row.why {
            let home = tempfile::tempdir().unwrap();
            let (ana, _) = org.person("ana@");
            let args = ["why", "--app", &app, "--person", &ana, "--server", "default", "--json"];
            let why = parsed(&org.run(home.path(), &args));
            let lines = why["lines"].as_array().unwrap();
            let verdict = lines.iter().find(|l| l["question"] == question).map(|l| l["verdict"].clone());
            if verdict != Some("fail".into()) || why["can_sign_in"] != false {
                wrong.push(format!("{}: why says {verdict:?} of {question}: {why}", row.scenario));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ROWS.len(), wrong.join("\n\n"));
}

#[test]
fn the_practice_app_works_and_breaks_no_longer_than_its_scenario() {
    let org = Served::start(&["--scenario", "not-assigned"]);
    assert_eq!(org.text("scenario"), "not-assigned");
    let (app, secret) = practice(&org);
    for by in [By::App, By::Life, By::Given] {
        let (code, _, log) = tried(&org, by, &app, CALLBACK, &secret);
        assert_eq!(code, Some(0), "{log}");
    }
}

#[test]
fn every_scenario_has_a_row_and_is_listed() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let listed = org.run(home.path(), &["demo", "--scenario", "list"]);
    assert!(listed.status.success(), "{}", shown(&listed));
    let text = String::from_utf8(listed.stdout).unwrap();
    let names: BTreeSet<&str> = text.lines().map(|line| line.split_once("  ").unwrap().0.trim()).collect();
    let rows: BTreeSet<&str> =
        ROWS.iter().map(|row| row.scenario).chain(NOT_BROKEN.iter().copied()).collect();
    assert_eq!(names, rows);
}
