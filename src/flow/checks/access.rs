//! Facts of an access token that is a JWT (RFC 9068), or why there are none.
//!
//! An access token is for an API, and the client need not understand it (RFC 6749 §1.4). So what is odd here is a warning, unless the
//! token itself says that it keeps to RFC 9068 (`typ` is `at+jwt`): then it must.

use super::Judged;
use super::jwt::Jwt;
use super::keys::{Keys, Signature};
use crate::flow::trace::Verdict;
use jiff::Timestamp;
use serde_json::Value;

/// What an access token is held against.
pub struct Expected<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The client.
    pub client_id: &'a str,
    /// The scopes granted, where the answer named them, else those asked for.
    pub scopes: &'a [String],
    /// The issuer's keys, or why they are not here.
    pub keys: Result<&'a Keys, &'a str>,
    /// The server's time.
    pub now: Timestamp,
    /// Whether it is of Okta's org server, whose tokens are for Okta's own APIs alone.
    pub of_okta_itself: bool,
}

/// The facts, in the order in which they are shown.
pub fn check(raw: &str, expected: &Expected<'_>) -> Vec<Judged> {
    const FORM: &str = "RFC 6749 §1.4";
    if expected.of_okta_itself {
        let sentence = "It is of Okta's org server: for Okta's own APIs, and opaque to everybody else. An API behind the gateway needs a custom authorization server.";
        return vec![Judged::new("form", Verdict::NotRun, sentence, "Okta, Access tokens; RFC 6749 §1.4")];
    }
    let Ok(jwt) = Jwt::read(raw) else {
        let sentence = "It is opaque: only the server can say what is in it, by introspection.";
        return vec![Judged::new("form", Verdict::NotRun, sentence, FORM)];
    };
    let typ = jwt.header.get("typ").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let strict = typ.trim_start_matches("application/") == "at+jwt";
    let bad = if strict { Verdict::Fail } else { Verdict::Warn };
    let form = if strict {
        "It is a JWT that says it keeps to RFC 9068."
    } else {
        "It is a JWT of the server's own kind: what RFC 9068 asks for is noted only."
    };
    vec![
        Judged::new("form", Verdict::Pass, form, "RFC 9068 §2.1"),
        signature(&jwt, expected, bad),
        issuer(&jwt, expected, bad),
        audience(&jwt, expected),
        client(&jwt, expected, bad),
        expiry(&jwt, expected, bad),
        scope(&jwt, expected),
    ]
}

fn signature(jwt: &Jwt<'_>, expected: &Expected<'_>, bad: Verdict) -> Judged {
    const SOURCE: &str = "RFC 9068 §4";
    let not_run = |sentence: String| Judged::new("signature", Verdict::NotRun, sentence, SOURCE);
    let keys = match expected.keys {
        Ok(keys) => keys,
        Err(why) => return not_run(format!("The issuer's keys are not here: {why}")),
    };
    match keys.judge(jwt, None) {
        Signature::Good => Judged::new("signature", Verdict::Pass, "The issuer's key made it.", SOURCE),
        Signature::Bad => {
            let sentence = "It does not fit the issuer's key: an API that checks it refuses it.";
            Judged::new("signature", bad, sentence, SOURCE)
        }
        Signature::Unknown(why) => not_run(format!("Not judged: {why}.")),
    }
}

fn issuer(jwt: &Jwt<'_>, expected: &Expected<'_>, bad: Verdict) -> Judged {
    let said = jwt.text("iss").unwrap_or_default();
    let (verdict, sentence) = if said == expected.issuer {
        (Verdict::Pass, "It is from the issuer.")
    } else {
        (bad, "It names another issuer than the metadata.")
    };
    Judged::new("iss", verdict, sentence, "RFC 9068 §2.2, §4").values(expected.issuer, said)
}

fn audience(jwt: &Jwt<'_>, expected: &Expected<'_>) -> Judged {
    const SOURCE: &str = "RFC 9068 §2.2, §3";
    let all = jwt.audiences();
    let (verdict, sentence) = match &all[..] {
        [] => (Verdict::Warn, "It says no API that it is for: any API may take it.".to_owned()),
        [one] if *one == expected.client_id => {
            (Verdict::Warn, "It is for the client itself, as an ID token is, and for no API.".to_owned())
        }
        _ => (Verdict::Pass, format!("It is for: {}. What trusts it must expect that.", all.join(", "))),
    };
    Judged::new("aud", verdict, sentence, SOURCE)
}

fn client(jwt: &Jwt<'_>, expected: &Expected<'_>, bad: Verdict) -> Judged {
    const SOURCE: &str = "RFC 9068 §2.2; Okta's claim is cid";
    let said = ["client_id", "cid", "azp"].into_iter().find_map(|claim| jwt.text(claim));
    match said {
        None => Judged::new("client_id", Verdict::NotRun, "It does not name its client.", SOURCE),
        Some(said) if said == expected.client_id => {
            Judged::new("client_id", Verdict::Pass, "It was given to this client.", SOURCE)
        }
        Some(said) => Judged::new("client_id", bad, "It was given to another client.", SOURCE)
            .values(expected.client_id, said),
    }
}

fn expiry(jwt: &Jwt<'_>, expected: &Expected<'_>, bad: Verdict) -> Judged {
    const SOURCE: &str = "RFC 9068 §2.2";
    match jwt.time("exp").map(|at| at.saturating_sub(expected.now.as_second())) {
        None => Judged::new("exp", bad, "It does not say when it ends.", SOURCE),
        Some(left) if left > 0 => {
            let length = crate::text::time::length(u64::try_from(left).unwrap_or(0));
            Judged::new("exp", Verdict::Pass, format!("It is good for {length} more."), SOURCE)
        }
        Some(_) => Judged::new("exp", bad, "It has ended, by the server's clock.", SOURCE),
    }
}

fn scope(jwt: &Jwt<'_>, expected: &Expected<'_>) -> Judged {
    const SOURCE: &str = "RFC 9068 §2.2.3; Okta's claim is scp";
    let found: Vec<&str> = match (jwt.claims.get("scope"), jwt.claims.get("scp")) {
        (Some(Value::String(line)), _) | (None, Some(Value::String(line))) => {
            line.split_whitespace().collect()
        }
        (Some(Value::Array(list)), _) | (None, Some(Value::Array(list))) => {
            list.iter().filter_map(Value::as_str).collect()
        }
        _ => return Judged::new("scope", Verdict::NotRun, "It lists no scopes.", SOURCE),
    };
    let missing: Vec<&str> =
        expected.scopes.iter().map(String::as_str).filter(|scope| !found.contains(scope)).collect();
    let judged = if missing.is_empty() {
        Judged::new("scope", Verdict::Pass, "It has the scopes that were granted.", SOURCE)
    } else {
        let sentence = format!("Not in it: {}.", missing.join(", "));
        Judged::new("scope", Verdict::Warn, sentence, SOURCE)
    };
    judged.values(expected.scopes.join(" "), found.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    fn judge(header: &Value, claims: &Value, of_okta_itself: bool) -> Vec<(&'static str, Verdict)> {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let raw = format!("{}.{}.x", part(header), part(claims));
        let scopes = ["openid".to_owned(), "mcp".to_owned()];
        let expected = Expected {
            issuer: "https://i",
            client_id: "c",
            scopes: &scopes,
            keys: Err("no answer came."),
            now: Timestamp::from_second(1_000).unwrap(),
            of_okta_itself,
        };
        check(&raw, &expected).into_iter().map(|check| (check.name, check.verdict)).collect()
    }

    #[test]
    fn one_of_okta_and_one_of_rfc_9068_pass() {
        for (header, claims) in [
            (
                json!({"alg": "RS256", "kid": "k"}),
                json!({"iss": "https://i", "aud": "api://x", "cid": "c", "exp": 1060, "scp": ["openid", "mcp"]}),
            ),
            (
                json!({"alg": "RS256", "typ": "at+jwt"}),
                json!({"iss": "https://i", "aud": ["https://x"], "client_id": "c", "exp": 1060, "scope": "mcp openid"}),
            ),
        ] {
            let judged = judge(&header, &claims, false);
            let bad: Vec<_> =
                judged.iter().filter(|(name, v)| *v != Verdict::Pass && *name != "signature").collect();
            assert!(bad.is_empty(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_odd_fails_only_where_the_token_promises_more() {
        use Verdict::{Fail, NotRun, Pass, Warn};
        let claims = json!({"iss": "https://j", "aud": "c", "client_id": "d", "exp": 999, "scope": "openid"});
        assert_eq!(
            judge(&json!({"alg": "RS256", "typ": "application/at+jwt"}), &claims, false),
            [
                ("form", Pass),
                ("signature", NotRun),
                ("iss", Fail),
                ("aud", Warn),
                ("client_id", Fail),
                ("exp", Fail),
                ("scope", Warn)
            ]
        );
        let lenient = judge(&json!({"alg": "RS256"}), &claims, false);
        assert!(lenient.iter().all(|(_, verdict)| *verdict != Fail), "{lenient:?}");
    }

    #[test]
    fn what_is_opaque_is_not_judged() {
        assert_eq!(judge(&json!({"alg": "RS256"}), &json!({}), true), [("form", Verdict::NotRun)]);
        let expected = Expected {
            issuer: "i",
            client_id: "c",
            scopes: &[],
            keys: Err("none"),
            now: Timestamp::UNIX_EPOCH,
            of_okta_itself: false,
        };
        assert_eq!(check("opaque", &expected)[0].verdict, Verdict::NotRun);
    }
}
