//! Refusals that no rule takes: what the tester's table says about them, or that nothing is known.

use super::*;
use crate::flow::explain::Refusal;

/// The order of what comes from here: after every rule.
const LAST: usize = usize::MAX;

/// What is said of a refusal that no rule takes. `None` for an answer whose status and page other rules judge.
pub(super) fn finding(hop: &Hop, refusal: &Refusal) -> Option<(usize, Finding)> {
    if refusal.code.is_empty() && refusal.words.is_empty() {
        return None;
    }
    let leg = leg_of(hop);
    let step = step_of(hop).unwrap_or(Step::Authorize);
    let row = refusal.row(step).filter(|_| leg != Leg::ClientToGateway);
    let seen =
        Seen { saw: refusal.quoted_by(who_said(hop)), provenance: Provenance::Observed, hop: number(hop) };
    let (headline, cause, confidence) = match row {
        Some(row) => (
            row.headline.to_owned(),
            row.meaning.to_owned(),
            if hop.endpoint == Endpoint::Unsaid { Confidence::Possible } else { Confidence::Likely },
        ),
        None if refusal.code.is_empty() => (
            "The server refused, in words of its own.".to_owned(),
            "They are no error of OAuth's or Okta's.".to_owned(),
            Confidence::Unknown,
        ),
        None => {
            let headline = format!("The server refused: {}.", Clean::new(&refusal.code));
            (headline, "oktui does not know this error.".to_owned(), Confidence::Unknown)
        }
    };
    let known = row.is_some();
    let fix: Vec<Fix> = match row {
        Some(row) => row.fixes.iter().map(|words| Fix::by(who(words), words)).collect(),
        None => vec![Fix::by(
            Who::OktaAdmin,
            "Okta: look for the same moment in the System Log; its outcome names the reason.",
        )],
    };
    Some((
        LAST,
        Finding {
            rule: if known { "catalogue.known" } else { "catalogue.unknown" },
            headline,
            leg: match leg {
                Leg::Unknown if known => Leg::GatewayToOkta,
                leg => leg,
            },
            step: step_of(hop).filter(|_| leg != Leg::ClientToGateway),
            cause,
            confidence,
            evidence: vec![seen],
            saw: None,
            compared: Vec::new(),
            who: fix.first().map_or(Who::You, |f| f.who),
            fix,
            sources: vec!["RFC 6749 §4.1.2.1, §5.2"],
            rank: Rank::Refused,
        },
    ))
}

/// The tester's table says where in the first word.
fn who(words: &str) -> Who {
    match words.split(':').next() {
        Some("Okta") => Who::OktaAdmin,
        Some("Gateway") => Who::GatewayTeam,
        _ if words.starts_with("Sign in") || words.starts_with("Let the person") => Who::Person,
        _ => Who::You,
    }
}

/// What is said when nothing was found: what was recognised, and what to try next.
pub(super) fn unknown(evidence: &Evidence) -> Finding {
    let mut seen: Vec<Seen> = Vec::new();
    let mut saw = |saw: String| seen.push(Seen { saw, provenance: Provenance::Observed, hop: None });
    for hop in evidence.hops.iter().take(LINES) {
        let title = hop.page_title.as_ref().map_or_else(String::new, |t| format!(", a page titled \"{t}\""));
        let status = hop.status.map_or_else(String::new, |s| format!(", status {s}"));
        let host = hop.address.as_ref().map_or_else(String::new, |a| format!(" at {}", a.host));
        saw(format!("Hop {}: {}{host}{status}{title}.", hop.number, hop.endpoint.words()));
    }
    if evidence.is_empty() {
        saw("It is no address with OAuth parameters, no JSON error, no token, no capture and no page of Okta's.".into());
    }
    let only_api = !evidence.hops.is_empty() && evidence.hops.iter().all(|hop| !hop.failed());
    Finding {
        rule: "catalogue.nothing",
        headline: if only_api {
            "Nothing in it failed, as far as it shows.".into()
        } else {
            "This does not say what went wrong.".into()
        },
        leg: Leg::Unknown,
        step: None,
        cause: match evidence.recognised.as_slice() {
            [] => "Nothing in it was recognised.".into(),
            list => format!("Recognised: {}.", list.join(", ")),
        },
        confidence: Confidence::Unknown,
        evidence: seen,
        saw: None,
        compared: Vec::new(),
        fix: vec![
            Fix::by(
                Who::You,
                "Paste the whole address from the browser's address bar after the failure, with everything behind the \"?\".",
            ),
            Fix::by(
                Who::You,
                "Or the text of the error page, the JSON body of the answer, or a HAR recorded from before the sign-in.",
            ),
        ],
        who: Who::You,
        sources: Vec::new(),
        rank: Rank::Remark,
    }
}
