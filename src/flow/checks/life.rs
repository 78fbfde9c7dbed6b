//! Checks of a token's life at its server: what introspection says of it, what a used refresh token gives, whether a revoked one
//! is gone (RFC 7662, RFC 7009, RFC 9700 §4.14.2).

use super::Judged;
use crate::flow::trace::Verdict;
use jiff::Timestamp;
use serde_json::Value;

const ACTIVE: &str = "RFC 7662 §2.2";

/// What an answer of introspection is held against, where the token must be live.
pub struct Expected<'a> {
    /// The client that got it.
    pub client_id: &'a str,
    /// The issuer.
    pub issuer: &'a str,
    /// The scopes granted with it, where the token response named them.
    pub scopes: Option<&'a [String]>,
    /// The server's time.
    pub now: Timestamp,
}

/// `active` of an answer of introspection; `None` when the answer has no such member, which it must have.
pub fn active(body: &[u8]) -> Option<bool> {
    serde_json::from_slice::<Value>(body).ok()?.get("active")?.as_bool()
}

/// A token that was just given must be live, and about this client and issuer. Every member but `active` may be left out.
pub fn live(body: &[u8], expected: &Expected<'_>) -> Vec<Judged> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    match active(body) {
        None => {
            let sentence = "The answer has no member active: it is no answer of introspection.";
            return vec![Judged::new("active", Verdict::Fail, sentence, ACTIVE)];
        }
        Some(false) => {
            let sentence = "The server does not take its own token for live: it was just given.";
            return vec![Judged::new("active", Verdict::Fail, sentence, ACTIVE).values("true", "false")];
        }
        Some(true) => {}
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let same = |name: &'static str, wanted: &str| match text(name) {
        None => Judged::new(name, Verdict::NotRun, "The answer does not say it; it need not.", ACTIVE),
        Some(said) => {
            let wrong = "The server says that the token is of another one.";
            Judged::of(name, said == wanted, ("As it was asked for.", wrong), ACTIVE).values(wanted, said)
        }
    };
    vec![
        Judged::new("active", Verdict::Pass, "The token is live.", ACTIVE),
        same("client_id", expected.client_id),
        same("iss", expected.issuer),
        end(&value, expected.now),
        scope(text("scope"), expected.scopes),
    ]
}

fn end(value: &Value, now: Timestamp) -> Judged {
    match value.get("exp").and_then(Value::as_i64) {
        None => Judged::new("exp", Verdict::NotRun, "The answer does not say when it ends.", ACTIVE),
        Some(at) => {
            let left = u64::try_from(at.saturating_sub(now.as_second())).unwrap_or(0);
            let right = format!("It ends in {}.", crate::text::time::length(left));
            let wrong = "It is called live and has ended.";
            Judged::of("exp", left > 0, (right, wrong), ACTIVE)
        }
    }
}

fn scope(said: Option<&str>, granted: Option<&[String]>) -> Judged {
    let (Some(said), Some(granted)) = (said, granted) else {
        return Judged::new("scope", Verdict::NotRun, "There is nothing to compare.", ACTIVE);
    };
    let of_token: Vec<&str> = said.split_whitespace().collect();
    let missing: Vec<&str> =
        granted.iter().map(String::as_str).filter(|scope| !of_token.contains(scope)).collect();
    let judged = if missing.is_empty() {
        Judged::new("scope", Verdict::Pass, "It has the scopes that were granted.", ACTIVE)
    } else {
        let sentence = format!("Granted, but not in the token: {}.", missing.join(", "));
        Judged::new("scope", Verdict::Warn, sentence, ACTIVE)
    };
    judged.values(granted.join(" "), said)
}

/// A revoked token must be gone. A self-contained access token may live on where nobody asks the server (RFC 7009 §3), so for
/// one of those it is only worth a warning.
pub fn gone(body: &[u8], self_contained: bool) -> Judged {
    const SOURCE: &str = "RFC 7009 §2; RFC 7662 §2.2";
    match active(body) {
        Some(false) => {
            let sentence = "The server does not know it as live any more. Revocation alone proves nothing: it answers 200 to any token.";
            Judged::new("revoked", Verdict::Pass, sentence, SOURCE)
        }
        Some(true) if self_contained => {
            let sentence = "It is still called live: this server does not revoke access tokens that are checked by their signature.";
            Judged::new("revoked", Verdict::Warn, sentence, SOURCE)
        }
        Some(true) => {
            Judged::new("revoked", Verdict::Fail, "It was revoked and is still called live.", SOURCE)
        }
        None => Judged::new("revoked", Verdict::Warn, "The answer does not say whether it is live.", SOURCE),
    }
}

/// What became of the newer refresh token after the older one was sent again and refused.
pub fn family(body: &[u8]) -> Judged {
    const SOURCE: &str = "RFC 9700 §4.14.2";
    match active(body) {
        Some(false) => {
            let sentence = "The newer refresh token ended as well: whoever has a stolen one is out, and people sign in again.";
            Judged::new("reuse ends the family", Verdict::Pass, sentence, SOURCE)
        }
        Some(true) => {
            let sentence = "The newer refresh token stays good: a stolen one would go unnoticed.";
            Judged::new("reuse ends the family", Verdict::Warn, sentence, SOURCE)
        }
        None => {
            let sentence = "The answer does not say whether it is live.";
            Judged::new("reuse ends the family", Verdict::NotRun, sentence, SOURCE)
        }
    }
}

/// A refresh token that was replaced is sent once more. `status` and `error` are of the answer.
pub fn reused(status: u16, error: &str) -> Judged {
    const SOURCE: &str = "RFC 9700 §4.14.2; RFC 6749 §10.4";
    match (status, error) {
        (400, "invalid_grant") => {
            let sentence = "A refresh token that was replaced is refused.";
            Judged::new("reuse", Verdict::Pass, sentence, SOURCE)
        }
        (200, _) => {
            let sentence = "A refresh token that was replaced is taken once more: either within the leeway of the app (Okta: 30 seconds unless it is set otherwise), or the server does not look.";
            Judged::new("reuse", Verdict::Warn, sentence, SOURCE)
        }
        _ => {
            let sentence = "This answer does not say whether a replaced refresh token would be taken.";
            Judged::new("reuse", Verdict::NotRun, sentence, SOURCE)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(body: &str) -> Vec<(&'static str, Verdict)> {
        let scopes = ["openid".to_owned(), "mcp".to_owned()];
        let expected = Expected {
            client_id: "c",
            issuer: "https://i",
            scopes: Some(&scopes),
            now: Timestamp::from_second(1_000).unwrap(),
        };
        live(body.as_bytes(), &expected).into_iter().map(|check| (check.name, check.verdict)).collect()
    }

    #[test]
    fn a_live_token_is_held_against_what_was_asked_for() {
        use Verdict::{Fail, NotRun, Pass, Warn};
        let full = r#"{"active":true,"client_id":"c","iss":"https://i","exp":1060,"scope":"mcp openid"}"#;
        assert!(judge(full).iter().all(|(_, verdict)| *verdict == Pass), "{:?}", judge(full));
        let bare = judge(r#"{"active":true}"#);
        assert_eq!(bare.iter().map(|(_, v)| *v).collect::<Vec<_>>(), [Pass, NotRun, NotRun, NotRun, NotRun]);
        let other = r#"{"active":true,"client_id":"d","iss":"https://j","exp":1000,"scope":"openid"}"#;
        assert_eq!(
            judge(other),
            [("active", Pass), ("client_id", Fail), ("iss", Fail), ("exp", Fail), ("scope", Warn)]
        );
    }

    #[test]
    fn an_answer_that_does_not_call_it_live_fails() {
        for body in [r#"{"active":false}"#, "{}", "<html>", r#"{"active":"true"}"#] {
            assert_eq!(judge(body), [("active", Verdict::Fail)], "{body}");
        }
    }

    #[test]
    fn a_revoked_token_is_gone() {
        assert_eq!(gone(br#"{"active":false}"#, false).verdict, Verdict::Pass);
        assert_eq!(gone(br#"{"active":true}"#, false).verdict, Verdict::Fail);
        assert_eq!(gone(br#"{"active":true}"#, true).verdict, Verdict::Warn);
        assert_eq!(gone(b"", true).verdict, Verdict::Warn);
    }

    #[test]
    fn a_used_refresh_token_is_refused_and_takes_the_newer_one_along() {
        assert_eq!(reused(400, "invalid_grant").verdict, Verdict::Pass);
        assert_eq!(reused(200, "").verdict, Verdict::Warn);
        assert_eq!(reused(503, "").verdict, Verdict::NotRun);
        assert_eq!(reused(401, "invalid_client").verdict, Verdict::NotRun);
        assert_eq!(family(br#"{"active":false}"#).verdict, Verdict::Pass);
        assert_eq!(family(br#"{"active":true}"#).verdict, Verdict::Warn);
        assert_eq!(family(b"x").verdict, Verdict::NotRun);
    }
}
