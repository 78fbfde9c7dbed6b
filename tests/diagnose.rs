//! Real-looking failures, one table for each family in `tests/cases`, against the leg, the step and the rule that they should lead to.
//! What is expected first has to come first.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use oktui::diagnose::{Confidence, Diagnosis, judge, paste};
use oktui::uri::Callback;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

const CALLBACK: &str = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback";
/// When the cases are looked at.
const NOW: &str = "2026-11-23T09:00:00Z";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What it shows, in a few words.
    name: String,
    /// What is pasted.
    text: String,
    /// The rule of the first finding.
    rule: String,
    /// Its leg, as JSON has it.
    leg: String,
    /// Its step; none where the leg has none.
    step: Option<String>,
    /// A confidence that it must not exceed.
    at_most: Option<String>,
    /// Words of headline, cause or evidence.
    #[serde(default)]
    says: Vec<String>,
    /// A secret that must not be in any output.
    #[serde(default)]
    hides: Vec<String>,
}

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

fn look(text: &str) -> Diagnosis {
    let callbacks = [Callback { environment: "prod".into(), uri: CALLBACK.into() }];
    judge(&paste(text, &callbacks, Some(NOW.parse().unwrap())))
}

fn cases() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let table: Table = toml::from_str(&std::fs::read_to_string(&path).unwrap())
                .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let family = path.file_stem().unwrap().to_string_lossy().into_owned();
            all.extend(table.case.into_iter().map(|case| (family.clone(), case)));
        }
    }
    all
}

fn wrong(case: &Case) -> Option<String> {
    let diagnosis = look(&case.text);
    let value = serde_json::to_value(&diagnosis).unwrap();
    let whole = value.to_string();
    let first = &value["findings"][0];
    let mut out = Vec::new();
    for (what, is, should) in [
        ("rule", first["rule"].as_str(), Some(case.rule.as_str())),
        ("leg", first["leg"].as_str(), Some(case.leg.as_str())),
        ("step", first["step"].as_str(), case.step.as_deref()),
    ] {
        if is != should {
            out.push(format!("{what} is {is:?}, not {should:?}"));
        }
    }
    let order = ["certain", "likely", "possible", "unknown"];
    let rank = |word: &str| order.iter().position(|w| *w == word).unwrap();
    if let Some(most) = &case.at_most
        && rank(first["confidence"].as_str().unwrap()) < rank(most)
    {
        out.push(format!("it is {} of it", first["confidence"]));
    }
    for words in &case.says {
        if !first.to_string().to_lowercase().contains(&words.to_lowercase()) {
            out.push(format!("it does not say \"{words}\""));
        }
    }
    for secret in &case.hides {
        let debug = format!("{diagnosis:?}");
        if whole.contains(secret) || debug.contains(secret) {
            out.push(format!("it shows {secret}"));
        }
    }
    (!out.is_empty()).then(|| format!("{}: {}\n    first finding: {first}", case.name, out.join("; ")))
}

#[test]
fn every_case_leads_to_its_leg_and_its_cause_first() {
    let all = cases();
    let failed: Vec<String> =
        all.iter().filter_map(|(family, case)| Some(format!("{family}: {}", wrong(case)?))).collect();
    assert!(failed.is_empty(), "{} of {} cases:\n{}", failed.len(), all.len(), failed.join("\n"));
}

#[test]
fn every_rule_has_a_case() {
    let seen: BTreeSet<String> = cases().into_iter().map(|(_, case)| case.rule).collect();
    let without: Vec<&str> =
        oktui::diagnose::rules::all().map(|rule| rule.name).filter(|name| !seen.contains(*name)).collect();
    // Rules whose finding stands behind another's, or that take a capture: their tests are below and in the room.
    let elsewhere = [];
    let without: Vec<&str> = without.into_iter().filter(|name| !elsewhere.contains(name)).collect();
    assert!(without.is_empty(), "no case for {without:?}");
}

#[test]
fn what_says_nothing_is_never_answered_with_confidence() {
    for text in [
        "",
        "hello",
        "it does not work",
        "https://example.com/",
        "{}",
        "[]",
        "[1,2]",
        "<html><title>Welcome</title></html>",
        "the code is red",
        "{\"hello\":\"world\"}",
        "eyJhbGciOi",
        "%%%",
        "login failed, please help",
        "{\"log\":{\"entries\":[]}}",
        "{\"log\":{\"entries\":[{}]}}",
    ] {
        let diagnosis = look(text);
        let first = diagnosis.findings.first().unwrap_or_else(|| panic!("{text}: no finding"));
        assert!(first.confidence >= Confidence::Possible, "{text}: {first:?}");
        assert!(!first.fix.is_empty(), "{text}");
    }
}
