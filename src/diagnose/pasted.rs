//! Recognises what was pasted and says what it means.

use crate::flow::explain::Refusal;
use crate::flow::trace::lift::{kind_of, pairs};
use crate::flow::trace::{Leg, Place, Step, meaning, page};
use crate::text::Clean;
use crate::uri::{Callback, LintContext, Severity, lint};
use serde::Serialize;
use serde_json::Value;

/// How much of a paste is looked at, in bytes.
const LONGEST: usize = 256 * 1024;

/// What was made of a paste.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pasted {
    /// What it is, in a few words: `a callback with an error`.
    pub recognised: &'static str,
    /// What follows from it, the most important first. Never empty.
    pub findings: Vec<Finding>,
    /// The parameters that were in it, secrets masked.
    pub parameters: Vec<Shown>,
}

/// One diagnosis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What happened, in a sentence.
    pub headline: String,
    /// Which leg.
    pub leg: Leg,
    /// Which step, on leg 2.
    pub step: Option<Step>,
    /// What we saw and what it means here, line by line.
    pub cause: Vec<String>,
    /// What helps, one line each; `Okta:` and `Gateway:` say where.
    pub fix: Vec<String>,
}

/// A parameter as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Its name.
    pub name: Clean,
    /// Its value; secrets by kind and length.
    pub value: Clean,
    /// What it is; empty where that is not known.
    pub meaning: &'static str,
}

/// Says what a paste means. `callbacks` are the gateway's known callbacks, to compare a redirect URI with.
pub fn diagnose(text: &str, callbacks: &[Callback]) -> Pasted {
    let end = (0..=text.len().min(LONGEST)).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let text = text.get(..end).unwrap_or_default().trim();
    if let Ok(value @ Value::Object(_)) = serde_json::from_str::<Value>(text) {
        return of_json(&value);
    }
    if page::is_html("", text) || text.to_lowercase().contains("error code:") {
        if let Some((code, words)) = page::error_of(text) {
            return of_page(&code, &words);
        }
        let title = page::title_of(text).unwrap_or_default();
        return unknown("a page", format!("The page's title is \"{}\".", Clean::new(&title)));
    }
    if text.to_lowercase().contains("must be a login redirect uri") {
        return of_page("invalid_request", text);
    }
    // Terminals and mails break URLs into lines.
    let line: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(found) = of_url(&line, callbacks) {
        return found;
    }
    gateway_error(text).unwrap_or_else(|| {
        unknown(
            "nothing that oktui knows",
            "It is no URL with OAuth parameters, no JSON error, and no page of Okta's.".into(),
        )
    })
}

fn unknown(recognised: &'static str, seen: String) -> Pasted {
    let finding = Finding {
        headline: "This does not say what went wrong.".into(),
        leg: Leg::Unknown,
        step: None,
        cause: vec![seen],
        fix: vec![
            "Paste the whole address from the browser's address bar after the failure, with everything behind the \"?\".".into(),
            "Or the text of the error page, or the JSON body of the answer.".into(),
        ],
    };
    Pasted { recognised, findings: vec![finding], parameters: Vec::new() }
}

fn of_refusal(refusal: &Refusal, step: Step) -> Finding {
    match refusal.row(step) {
        Some(row) => Finding {
            headline: row.headline.to_owned(),
            leg: Leg::GatewayToOkta,
            step: Some(step),
            cause: vec![refusal.quoted(), row.meaning.to_owned()],
            fix: row.fixes.iter().map(|f| (*f).to_owned()).collect(),
        },
        None => Finding {
            headline: format!("The authorization server refused: {}.", Clean::new(&refusal.code)),
            leg: Leg::GatewayToOkta,
            step: Some(step),
            cause: vec![refusal.quoted()],
            fix: vec![
                "Okta: look for the same moment in the System Log; its outcome names the reason.".into(),
            ],
        },
    }
}

fn of_page(code: &str, words: &str) -> Pasted {
    let refusal = Refusal { status: Some(400), code: clean(code), words: clean(words) };
    Pasted {
        recognised: "Okta's error page",
        findings: vec![of_refusal(&refusal, Step::Authorize)],
        parameters: Vec::new(),
    }
}

fn of_json(value: &Value) -> Pasted {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(clean);
    let parameters = shown(
        value.as_object().into_iter().flatten().filter_map(|(name, v)| {
            let v = v
                .as_str()
                .map(str::to_owned)
                .or_else(|| (v.is_number() || v.is_boolean()).then(|| v.to_string()))?;
            Some((name.clone(), v))
        }),
        Place::Json,
    );
    if let Some(found) = text("error").or_else(|| text("code")).as_deref().and_then(gateway_error) {
        return Pasted { parameters, ..found };
    }
    let code = text("error").or_else(|| text("errorCode"));
    let words = text("error_description").or_else(|| text("errorSummary")).unwrap_or_default();
    if let Some(code) = code {
        let refusal = Refusal { status: None, code, words };
        // The same body comes from the token endpoint and, for an unknown client, from the authorization endpoint; the row that the
        // table has for it tells which.
        let step = if refusal.row(Step::Token).is_some() { Step::Token } else { Step::Authorize };
        return Pasted { recognised: "a JSON error", findings: vec![of_refusal(&refusal, step)], parameters };
    }
    if value.get("access_token").is_some() {
        let finding = Finding {
            headline: "This is a successful token response.".into(),
            leg: Leg::GatewayToOkta,
            step: Some(Step::Token),
            cause: vec!["Okta issued tokens: leg 2 worked to its end.".into()],
            fix: vec![
                "If people still cannot use the MCP server, look at the gateway and at what stands behind it.".into(),
                "Whoever has these tokens can use them: do not pass them on.".into(),
            ],
        };
        return Pasted { recognised: "a token response", findings: vec![finding], parameters };
    }
    Pasted {
        parameters,
        ..unknown("a JSON body", "It has neither error nor errorCode nor access_token.".into())
    }
}

fn of_url(line: &str, callbacks: &[Callback]) -> Option<Pasted> {
    // A bare query, as `code=…&state=…`, is taken too.
    let whole = if line.contains(['?', '#']) { line.to_owned() } else { format!("?{line}") };
    let all = pairs(&whole);
    let get = |name: &str| all.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let parameters = shown(all.iter().cloned(), Place::Query);
    if let Some(error) = get("error") {
        let words = get("error_description").unwrap_or_default();
        let refusal = Refusal { status: None, code: clean(error), words: clean(words) };
        let mut finding = of_refusal(&refusal, Step::Authorize);
        finding
            .cause
            .push("Okta sent this to the redirect URI: so the client and the redirect URI are right.".into());
        return Some(Pasted { recognised: "a callback with an error", findings: vec![finding], parameters });
    }
    if get("redirect_uri").is_some() || get("response_type").is_some() {
        return Some(Pasted {
            recognised: "an authorize URL",
            findings: of_authorize(&get, callbacks),
            parameters,
        });
    }
    if get("code").is_some() {
        let mut fix = vec![
            "Test with oktui: it redeems a code of its own, with the client secret, and shows the answer."
                .to_owned(),
            "Gateway: look at its log for the token request that followed.".to_owned(),
        ];
        if get("state").is_none() {
            fix.push("There is no state beside the code: a part of the address is missing.".into());
        }
        let finding = Finding {
            headline: "Okta issued a code: everything up to the callback worked.".into(),
            leg: Leg::GatewayToOkta,
            step: Some(Step::Callback),
            cause: vec![
                "What fails comes after: the gateway's token request (client secret, redirect URI, PKCE verifier), or the gateway.".into(),
                "A code is good once, for five minutes at Okta, and belongs to the gateway: do not pass it on.".into(),
            ],
            fix,
        };
        return Some(Pasted { recognised: "a callback with a code", findings: vec![finding], parameters });
    }
    None
}

fn of_authorize<'a>(get: &impl Fn(&str) -> Option<&'a str>, callbacks: &[Callback]) -> Vec<Finding> {
    let finding = |headline: &str, cause: Vec<String>, fix: Vec<String>| Finding {
        headline: headline.to_owned(),
        leg: Leg::GatewayToOkta,
        step: Some(Step::Authorize),
        cause,
        fix,
    };
    let mut found = Vec::new();
    match get("redirect_uri") {
        None => found.push(finding(
            "The request has no redirect_uri.",
            vec!["Okta asks for it (RFC 6749 §3.1.2.3).".into()],
            vec!["Gateway: fill in redirectUri.".into()],
        )),
        Some(uri) => {
            for l in lint(uri, &LintContext { known: callbacks, ..LintContext::default() }) {
                if l.severity == Severity::Info {
                    continue;
                }
                let fix = l.fix.map(|f| format!("The URI as it should be: {}", Clean::new(&f)));
                found.push(finding(
                    "The redirect URI is not as it should be.",
                    vec![format!("redirect_uri is {}", Clean::new(uri)), l.sentence],
                    fix.into_iter().collect(),
                ));
            }
        }
    }
    let missing = |name: &str| get(name).is_none_or(str::is_empty);
    if missing("client_id") {
        found.push(finding(
            "The request has no client_id.",
            Vec::new(),
            vec!["Gateway: fill in clientId.".into()],
        ));
    }
    if missing("state") {
        found.push(finding(
            "The request has no state.",
            vec!["Okta refuses a request without state.".into()],
            vec!["Gateway: it must send state; this cannot be put right in Okta.".into()],
        ));
    }
    let scopes = get("scope").unwrap_or_default();
    if scopes.contains(',') {
        found.push(finding(
            "The scopes are separated by commas.",
            vec!["Scopes are separated by blanks (RFC 6749 §3.3); Okta reads this as one unknown scope.".into()],
            vec!["Gateway: give the scopes as its form asks, a JSON array: [\"email\", \"profile\", \"openid\"].".into()],
        ));
    } else if !scopes.split_whitespace().any(|s| s == "openid") {
        found.push(finding(
            "The scope openid is missing.",
            vec!["Without it there is no ID token and no userinfo.".into()],
            vec!["Gateway: add openid to scopes.".into()],
        ));
    }
    if get("response_type").is_some_and(|t| t != "code") {
        found.push(finding(
            "The response type is not code.",
            vec!["A web application of the gateway's kind uses the authorization code flow.".into()],
            vec!["Gateway: response_type must be code.".into()],
        ));
    }
    if get("code_challenge_method").is_some_and(|m| m != "S256") {
        found.push(finding(
            "The PKCE method is not S256.",
            vec!["Okta takes S256 only.".into()],
            vec!["Gateway: code_challenge_method must be S256.".into()],
        ));
    }
    if found.is_empty() {
        found.push(finding(
            "Nothing is wrong with the request as it stands.",
            vec![
                "Whether the client, the redirect URI and the scopes are registered, only the org can say."
                    .into(),
            ],
            vec!["Run the probe of oktui's test against the org: it needs nobody to sign in.".into()],
        ));
    }
    found
}

/// The gateway's own errors (its pipeline, as published): they come from legs 1 and 3, or from its policy.
fn gateway_error(text: &str) -> Option<Pasted> {
    const ERRORS: &[(&str, Leg, &str, &str)] = &[
        (
            "outbound_auth_failed",
            Leg::GatewayToOkta,
            "The gateway could not get or refresh this person's upstream credential.",
            "Reconnect this person in the gateway; if it comes back every hour, look at the refresh token (grant and offline_access).",
        ),
        (
            "auth_denied",
            Leg::ClientToGateway,
            "The gateway refused the MCP client's own credential.",
            "Gateway: sign in to the gateway again from the MCP client. This is not Okta's app.",
        ),
        (
            "authz_denied",
            Leg::GatewayPolicy,
            "The gateway's policy does not allow this.",
            "Gateway: look at its access policy for this person and MCP server.",
        ),
        (
            "access_control_denied",
            Leg::GatewayPolicy,
            "The gateway's access control does not allow this.",
            "Gateway: look at its access control for this person and MCP server.",
        ),
        (
            "rate_limit_exceeded",
            Leg::GatewayPolicy,
            "The gateway's own rate limit is used up.",
            "Gateway: wait, or raise its limit. This is not Okta's.",
        ),
        (
            "interceptor_denied",
            Leg::GatewayPolicy,
            "An interceptor of the gateway refused the call.",
            "Gateway: look at its interceptors.",
        ),
        (
            "upstream_error",
            Leg::GatewayToTool,
            "The tool behind the gateway failed.",
            "Look at the MCP server's own log.",
        ),
        (
            "circuit_breaker_open",
            Leg::GatewayToTool,
            "The gateway stopped calling a tool that failed too often.",
            "Look at the MCP server; the gateway tries again by itself.",
        ),
    ];
    let (code, leg, headline, fix) = ERRORS.iter().find(|(code, ..)| text.contains(code))?;
    let finding = Finding {
        headline: (*headline).to_owned(),
        leg: *leg,
        step: None,
        cause: vec![format!("The gateway answered {code}.")],
        fix: vec![(*fix).to_owned()],
    };
    Some(Pasted { recognised: "an error of the gateway's", findings: vec![finding], parameters: Vec::new() })
}

fn shown(pairs: impl Iterator<Item = (String, String)>, place: Place) -> Vec<Shown> {
    pairs
        .map(|(name, value)| {
            let value = match kind_of(&name) {
                Some(kind) => {
                    Clean::new(&format!("«{}, {} characters»", kind.words(), value.chars().count()))
                }
                None => Clean::new(&value),
            };
            Shown { meaning: meaning::of(place, &name), name: Clean::new(&name), value }
        })
        .collect()
}

fn clean(raw: &str) -> String {
    Clean::new(raw).to_string()
}
