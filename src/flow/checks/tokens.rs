//! Checks of the token response, of a refresh, and of userinfo.

use super::jwt::Jwt;
use super::{Judged, Shown};
use crate::flow::trace::{SecretKind, Verdict};
use crate::secret::Secret;
use serde_json::Value;

/// What a token response holds (RFC 6749 §5.1, OIDC Core §3.1.3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// The access token.
    pub access: Option<Secret>,
    /// `token_type`.
    pub token_type: Option<String>,
    /// `expires_in`, seconds. Some servers send it as a string.
    pub expires_in: Option<i64>,
    /// `scope`, split.
    pub scope: Option<Vec<String>>,
    /// The refresh token.
    pub refresh: Option<Secret>,
    /// The ID token.
    pub id: Option<Secret>,
}

impl Tokens {
    /// Reads a token response; `None` when the body is no JSON object.
    pub fn read(body: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(body).ok().filter(Value::is_object)?;
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let secret = |name: &str| text(name).filter(|t| !t.is_empty()).map(Secret::new);
        let expires_in = value.get("expires_in");
        Some(Self {
            access: secret("access_token"),
            token_type: text("token_type").map(str::to_owned),
            expires_in: expires_in
                .and_then(|v| v.as_i64().or_else(|| v.as_str().and_then(|s| s.parse().ok()))),
            scope: text("scope").map(|s| s.split_whitespace().map(str::to_owned).collect()),
            refresh: secret("refresh_token"),
            id: secret("id_token"),
        })
    }
}

/// The shape of the answer to the code. `cache_control` is the header as it came.
pub fn response(tokens: &Tokens, asked: &[String], cache_control: Option<&str>) -> Vec<Judged> {
    let mut checks = vec![
        Judged::of(
            "access_token",
            tokens.access.is_some(),
            ("There is an access token.", "There is no access token in the answer."),
            "RFC 6749 §5.1",
        ),
        token_type(tokens),
        expires_in(tokens),
        scope(tokens, asked),
    ];
    let has = |scope: &str| asked.iter().any(|s| s == scope);
    checks.push(if has("openid") {
        let wrong = "openid was asked for, and there is no ID token.";
        Judged::of("id_token", tokens.id.is_some(), ("There is an ID token.", wrong), "OIDC Core §3.1.3.3")
    } else {
        let sentence = "openid was not asked for: no ID token, and nobody knows who signed in.";
        Judged::new("id_token", Verdict::NotRun, sentence, "OIDC Core §3.1.2.1")
    });
    checks.push(refresh_token(tokens, has("offline_access")));
    checks.push(no_store(cache_control));
    checks
}

/// The shape of the answer to client credentials: an access token and nothing else.
pub fn of_client(tokens: &Tokens, asked: &[String], cache_control: Option<&str>) -> Vec<Judged> {
    let refresh = match &tokens.refresh {
        None => Judged::new(
            "refresh_token",
            Verdict::Pass,
            "There is no refresh token, as it should be.",
            "RFC 6749 §4.4.3",
        ),
        Some(_) => {
            let sentence = "There is a refresh token: a client that can ask again needs none.";
            Judged::new("refresh_token", Verdict::Warn, sentence, "RFC 6749 §4.4.3")
        }
    };
    let wrong = "There is an ID token, and nobody signed in.";
    let id = ("There is no ID token: nobody signed in.", wrong);
    vec![
        Judged::of(
            "access_token",
            tokens.access.is_some(),
            ("There is an access token.", "There is no access token in the answer."),
            "RFC 6749 §5.1",
        ),
        token_type(tokens),
        expires_in(tokens),
        scope(tokens, asked),
        Judged::of("id_token", tokens.id.is_none(), id, "OIDC Core §2"),
        refresh,
        no_store(cache_control),
    ]
}

fn token_type(tokens: &Tokens) -> Judged {
    let actual = tokens.token_type.as_deref().unwrap_or_default();
    // The type is case insensitive (RFC 6749 §5.1).
    let sentences = ("It is a bearer token.", "It is no bearer token: the gateway cannot use it as one.");
    Judged::of("token_type", actual.eq_ignore_ascii_case("bearer"), sentences, "RFC 6749 §5.1, §7.1")
        .values("Bearer", actual)
}

fn expires_in(tokens: &Tokens) -> Judged {
    const SOURCE: &str = "RFC 6749 §5.1";
    match tokens.expires_in {
        Some(seconds) if seconds > 0 => {
            let lives = crate::text::time::length(u64::try_from(seconds).unwrap_or(0));
            Judged::new("expires_in", Verdict::Pass, format!("The access token lives {lives}."), SOURCE)
        }
        Some(seconds) => {
            Judged::new("expires_in", Verdict::Fail, format!("It has ended already: {seconds} s."), SOURCE)
        }
        None => {
            Judged::new("expires_in", Verdict::Warn, "The answer does not say how long it lives.", SOURCE)
        }
    }
}

fn scope(tokens: &Tokens, asked: &[String]) -> Judged {
    const SOURCE: &str = "RFC 6749 §3.3, §5.1";
    let Some(granted) = &tokens.scope else {
        let sentence = "The answer names no scope: what was asked for was granted.";
        return Judged::new("scope", Verdict::Pass, sentence, SOURCE);
    };
    let missing: Vec<&str> = asked.iter().filter(|s| !granted.contains(s)).map(String::as_str).collect();
    let judged = if missing.is_empty() {
        Judged::new("scope", Verdict::Pass, "Every scope asked for was granted.", SOURCE)
    } else {
        let sentence = format!("Not granted: {}. What needs them will fail.", missing.join(", "));
        Judged::new("scope", Verdict::Warn, sentence, SOURCE)
    };
    judged.values(asked.join(" "), granted.join(" "))
}

fn refresh_token(tokens: &Tokens, asked: bool) -> Judged {
    const SOURCE: &str = "OIDC Core §11; RFC 6749 §1.5";
    let (verdict, sentence) = match (asked, tokens.refresh.is_some()) {
        (true, true) => (Verdict::Pass, "offline_access was asked for, and there is a refresh token."),
        (true, false) => (
            Verdict::Warn,
            "offline_access was asked for, and there is no refresh token: the grant Refresh Token is off on the app, or the rule does not allow the scope. People sign in again when the access token ends.",
        ),
        (false, true) => {
            (Verdict::Warn, "There is a refresh token, though offline_access was not asked for.")
        }
        (false, false) => (
            Verdict::NotRun,
            "offline_access was not asked for: no refresh token. People sign in again when the access token ends, unless the gateway adds the scope itself.",
        ),
    };
    Judged::new("refresh_token", verdict, sentence, SOURCE)
}

fn no_store(cache_control: Option<&str>) -> Judged {
    const SOURCE: &str = "RFC 6749 §5.1";
    let value = cache_control.unwrap_or_default();
    if value.split(',').any(|part| part.trim().eq_ignore_ascii_case("no-store")) {
        Judged::new("Cache-Control", Verdict::Pass, "The answer may not be stored by a proxy.", SOURCE)
    } else {
        let sentence = "The answer with the tokens does not forbid storing it.";
        Judged::new("Cache-Control", Verdict::Warn, sentence, SOURCE).values("no-store", value)
    }
}

/// What a refresh gave, against what was there before. Rotation or not, both are valid: the check says which it is.
pub fn refreshed(before: &Tokens, after: &Tokens) -> Vec<Judged> {
    let mut checks = vec![Judged::of(
        "access_token",
        after.access.is_some() && after.access != before.access,
        ("There is a new access token.", "There is no new access token."),
        "RFC 6749 §6",
    )];
    let sentence = match &after.refresh {
        Some(new) if before.refresh.as_ref() != Some(new) => {
            "Rotated: a new refresh token replaces the old one, which must not be used again."
        }
        Some(_) => "Persistent: the same refresh token stays good.",
        None => "Persistent: no new refresh token came, so the old one stays good.",
    };
    let rotation = Judged::new("rotation", Verdict::Pass, sentence, "RFC 6749 §6; RFC 9700 §4.14.2");
    checks.push(match (&before.refresh, &after.refresh) {
        (Some(old), Some(new)) => rotation.secrets(SecretKind::RefreshToken, old, Some(new)),
        _ => rotation,
    });
    checks.push(same_person(before, after));
    checks
}

/// A new ID token must be about the same person, from the same issuer, for the same client (OIDC Core §12.2).
fn same_person(before: &Tokens, after: &Tokens) -> Judged {
    const SOURCE: &str = "OIDC Core §12.2";
    let (Some(old), Some(new)) = (&before.id, &after.id) else {
        return Judged::new("same person", Verdict::NotRun, "The refresh gave no ID token.", SOURCE);
    };
    let (Ok(old), Ok(new)) = (Jwt::read(old.expose()), Jwt::read(new.expose())) else {
        return Judged::new("same person", Verdict::NotRun, "An ID token cannot be read.", SOURCE);
    };
    let same = |claim: &str| old.claims.get(claim) == new.claims.get(claim);
    let changed: Vec<&str> = ["iss", "sub", "aud"].into_iter().filter(|claim| !same(claim)).collect();
    let wrong = format!("The new ID token differs from the first in {}.", changed.join(", "));
    let right = "The new ID token is about the same person, from the same issuer.";
    Judged::of("same person", changed.is_empty(), (right, wrong), SOURCE)
}

/// userinfo's `sub` must be the ID token's.
pub fn userinfo(id_token: Option<&Secret>, body: &[u8], media_type: &str) -> Judged {
    const SOURCE: &str = "OIDC Core §5.3.2";
    let not_run = |sentence: &str| Judged::new("sub", Verdict::NotRun, sentence, SOURCE);
    if media_type.to_ascii_lowercase().contains("jwt") {
        return not_run("The claims came signed, as a JWT; they are shown, not judged.");
    }
    let claims: Option<Value> = serde_json::from_slice(body).ok();
    let Some(actual) = claims.as_ref().and_then(|c| c.get("sub")).and_then(Value::as_str) else {
        return Judged::new("sub", Verdict::Fail, "The answer has no sub: it cannot be used.", SOURCE);
    };
    let Some(jwt) = id_token.and_then(|raw| Jwt::read(raw.expose()).ok()) else {
        return not_run("There is no ID token to compare with.");
    };
    let expected = jwt.text("sub").unwrap_or_default();
    let wrong = "These claims are about somebody else than the ID token: they must not be used.";
    let mut judged =
        Judged::of("sub", actual == expected, ("It is about the person of the ID token.", wrong), SOURCE);
    judged.expected = Some(Shown::Plain(expected.to_owned()));
    judged.actual = Some(Shown::Plain(actual.to_owned()));
    judged
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn asked(scopes: &str) -> Vec<String> {
        scopes.split_whitespace().map(str::to_owned).collect()
    }

    fn verdict(checks: &[Judged], name: &str) -> Verdict {
        checks.iter().find(|check| check.name == name).unwrap().verdict
    }

    fn id_token(claims: &str) -> Secret {
        Secret::new(format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims)))
    }

    #[test]
    fn a_good_answer_passes_and_says_what_was_not_asked_for() {
        let body = br#"{"access_token":"a","token_type":"bearer","expires_in":"3600","scope":"openid email","id_token":"i"}"#;
        let checks =
            response(&Tokens::read(body).unwrap(), &asked("openid email"), Some("no-cache, no-store"));
        for name in ["access_token", "token_type", "expires_in", "scope", "id_token", "Cache-Control"] {
            assert_eq!(verdict(&checks, name), Verdict::Pass, "{name}");
        }
        assert_eq!(verdict(&checks, "refresh_token"), Verdict::NotRun);
    }

    #[test]
    fn what_is_missing_is_named() {
        let tokens = Tokens::read(br#"{"token_type":"DPoP","expires_in":0,"scope":"openid"}"#).unwrap();
        let checks = response(&tokens, &asked("openid email offline_access"), None);
        for name in ["access_token", "token_type", "expires_in", "id_token"] {
            assert_eq!(verdict(&checks, name), Verdict::Fail, "{name}");
        }
        assert_eq!(verdict(&checks, "refresh_token"), Verdict::Warn);
        assert_eq!(verdict(&checks, "scope"), Verdict::Warn);
        assert_eq!(verdict(&checks, "Cache-Control"), Verdict::Warn);
        assert_eq!(Tokens::read(b"<html>"), None);
        assert_eq!(Tokens::read(b"[]"), None);
    }

    #[test]
    fn rotation_is_told_from_persistence() {
        let old = Tokens {
            access: Some("a".to_owned().into()),
            refresh: Some("r".to_owned().into()),
            ..Tokens::default()
        };
        let sentence = |after: &Tokens| refreshed(&old, after)[1].sentence.clone();
        let with = |refresh: Option<&str>| Tokens {
            access: Some("b".to_owned().into()),
            refresh: refresh.map(Secret::new),
            ..Tokens::default()
        };
        assert!(sentence(&with(Some("r2"))).starts_with("Rotated"));
        assert!(sentence(&with(Some("r"))).starts_with("Persistent: the same"));
        assert!(sentence(&with(None)).starts_with("Persistent: no new"));
        assert_eq!(refreshed(&old, &old)[0].verdict, Verdict::Fail);
    }

    #[test]
    fn a_refresh_for_somebody_else_is_noticed() {
        let with = |claims: &str| Tokens { id: Some(id_token(claims)), ..Tokens::default() };
        let old = with(r#"{"sub":"ana","iss":"i","aud":"c"}"#);
        assert_eq!(refreshed(&old, &old)[2].verdict, Verdict::Pass);
        assert_eq!(refreshed(&old, &with(r#"{"sub":"ben","iss":"i","aud":"c"}"#))[2].verdict, Verdict::Fail);
    }

    #[test]
    fn userinfo_about_somebody_else_fails() {
        let token = id_token(r#"{"sub":"ana"}"#);
        assert_eq!(userinfo(Some(&token), br#"{"sub":"ana"}"#, "application/json").verdict, Verdict::Pass);
        assert_eq!(userinfo(Some(&token), br#"{"sub":"ben"}"#, "application/json").verdict, Verdict::Fail);
        assert_eq!(userinfo(Some(&token), b"{}", "application/json").verdict, Verdict::Fail);
        assert_eq!(userinfo(None, br#"{"sub":"ben"}"#, "application/json").verdict, Verdict::NotRun);
        assert_eq!(userinfo(Some(&token), b"e30.e30.x", "application/jwt").verdict, Verdict::NotRun);
    }
}
