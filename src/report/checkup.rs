//! The check-up as JSON, as Markdown, and one finding as a message to whoever can mend it.

use super::table::marked_down;
use crate::checkup::Finding;
use crate::text::{Clean, plural, time};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fmt::Write;

/// What is said where the client secrets were not looked at.
pub const WITHOUT_SECRETS: &str =
    "The client secrets were not looked at: reading them leaves an event in Okta's log.";

/// `{"app", "findings": [{"rule", "harm", "title", "evidence", "why", "help", "fix", "step", "who", "source"}], "secrets_read"}`, the worst
/// finding first. `fix` is what an edit of the Setup would do, null where there is none.
pub fn json(app: &Clean, found: &[Finding], secrets: bool) -> Value {
    let findings: Vec<Value> = found
        .iter()
        .map(|f| {
            json!({
                "rule": f.rule, "harm": f.harm.as_str(), "title": f.title, "evidence": f.evidence, "why": f.why, "help": f.help,
                "fix": f.fix.as_ref().map(|fix| fix.title.as_str()), "step": f.step, "who": f.who.words(), "source": f.source,
            })
        })
        .collect();
    json!({"app": app, "findings": findings, "secrets_read": secrets})
}

/// A page of Markdown, a heading for each kind of harm.
pub fn markdown(app: &Clean, found: &[Finding], secrets: bool, now: Timestamp) -> String {
    let mut out = format!(
        "# Check-up: {}\n\nAs of {}, {}.\n",
        marked_down(app.as_str()),
        time::utc(now),
        plural(found.len(), "finding")
    );
    let mut harm = None;
    for finding in found {
        if harm != Some(finding.harm) {
            let _ = writeln!(out, "\n## {}: {}", finding.harm.word(), finding.harm.words());
            harm = Some(finding.harm);
        }
        let _ = writeln!(out, "\n### {}\n", marked_down(&finding.title));
        for saw in &finding.evidence {
            let _ = writeln!(out, "- seen: {}", marked_down(saw));
        }
        for (name, said) in [
            ("why", finding.why.as_str()),
            ("help", &finding.help),
            ("who", finding.who.words()),
            ("from", finding.source),
        ] {
            if !said.is_empty() {
                let _ = writeln!(out, "- {name}: {}", marked_down(said));
            }
        }
    }
    if !secrets {
        let _ = writeln!(out, "\n{WITHOUT_SECRETS}");
    }
    out
}

/// One finding, to be sent to whoever can mend it.
pub fn message(app: &Clean, finding: &Finding) -> String {
    let mut out = format!("The Okta app \"{app}\": {}\n", finding.title);
    for saw in &finding.evidence {
        let _ = writeln!(out, "Seen: {saw}");
    }
    if !finding.why.is_empty() {
        let _ = writeln!(out, "{}", finding.why);
    }
    let _ = writeln!(out, "For the {}: {}", finding.who.words(), finding.help);
    if !finding.source.is_empty() {
        let _ = writeln!(out, "Source: {}", finding.source);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkup::{Harm, Who};

    fn finding() -> Finding {
        Finding {
            rule: "dpop",
            harm: Harm::Everybody,
            title: "The app demands <DPoP>.".into(),
            evidence: vec!["a|b".into()],
            why: "No sign-in is finished.".into(),
            help: "Switch it off.".into(),
            fix: None,
            step: None,
            who: Who::GatewayTeam,
            source: "RFC 9449 §5",
        }
    }

    #[test]
    fn a_report_has_all_of_a_finding_and_says_what_was_not_read() {
        let now = "2026-11-22T19:04:05Z".parse().unwrap();
        let text = markdown(&"A*B".into(), &[finding()], false, now);
        insta::assert_snapshot!(text);
        assert!(!markdown(&"A".into(), &[finding()], true, now).contains("not looked at"));
    }

    #[test]
    fn a_message_says_whose_it_is() {
        let text = message(&"Gate".into(), &finding());
        assert!(text.contains("For the gateway team: Switch it off."), "{text}");
        assert!(text.starts_with("The Okta app \"Gate\": The app demands"), "{text}");
    }
}
