//! Checks of metadata, of the answer to the redirect URI, and of PKCE.

use super::Judged;
use crate::flow::trace::{SecretKind, Verdict};
use crate::secret::Secret;
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

/// The PKCE challenge of a verifier: Base64url of SHA-256 of its ASCII characters (RFC 7636 §4.2).
pub fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.expose().as_bytes()))
}

/// Whether the verifier has the form and the challenge in the request as sent is its hash.
pub fn pkce(verifier: &Secret, sent_challenge: &str) -> Judged {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    let form = (43..=128).contains(&verifier.chars()) && verifier.expose().chars().all(unreserved);
    let sentences = (
        "The challenge sent is the SHA-256 of the verifier, recomputed.",
        "The challenge sent is not the SHA-256 of a well-formed verifier.",
    );
    let good = form && challenge(verifier) == sent_challenge;
    Judged::of("PKCE", good, sentences, "RFC 7636 §4.1, §4.2").secrets(
        SecretKind::CodeChallenge,
        &Secret::new(challenge(verifier)),
        Some(&Secret::new(sent_challenge)),
    )
}

/// The issuer of the metadata must be identical to the one asked for.
pub fn issuer(asked: &str, said: Option<&str>) -> Judged {
    let said = said.unwrap_or_default();
    let sentences = (
        "The metadata are the issuer's own.",
        "The metadata name another issuer than was asked for: their endpoints must not be used.",
    );
    Judged::of("issuer", asked == said, sentences, "OIDC Discovery §4.3; RFC 8414 §3.3").values(asked, said)
}

/// The endpoints should be on the issuer's host: Okta's always are, other providers' need not be.
pub fn endpoint_hosts(issuer: &str, endpoints: &[(&'static str, Option<&str>)]) -> Judged {
    const SOURCE: &str = "RFC 8414 §2";
    let origin = |raw: &str| Url::parse(raw).ok().map(|url| url.origin());
    let foreign: Vec<&str> = endpoints
        .iter()
        .filter(|(_, url)| url.is_some_and(|url| origin(url) != origin(issuer)))
        .map(|(name, _)| *name)
        .collect();
    if foreign.is_empty() {
        Judged::new("endpoints", Verdict::Pass, "All endpoints are on the issuer's host.", SOURCE)
    } else {
        let sentence =
            format!("On another host than the issuer: {}. With Okta they are on one.", foreign.join(", "));
        Judged::new("endpoints", Verdict::Warn, sentence, SOURCE)
    }
}

/// PKCE with S256 must be offered where the metadata speak of PKCE at all.
pub fn pkce_offered(methods: Option<&[String]>) -> Judged {
    const SOURCE: &str = "RFC 8414 §2; RFC 9700 §2.1.1";
    match methods {
        None => Judged::new("PKCE offered", Verdict::Warn, "The metadata say nothing about PKCE.", SOURCE),
        Some(methods) => {
            let sentences = ("PKCE with S256 is offered.", "PKCE is offered, but not with S256.");
            let good = methods.iter().any(|m| m == "S256");
            Judged::of("PKCE offered", good, sentences, SOURCE).values("S256", methods.join(", "))
        }
    }
}

/// Whether every authorization request must be pushed first (RFC 9126 §5). The gateway sends it in the address, and this program as well.
pub fn pushed(required: bool) -> Judged {
    const SOURCE: &str = "RFC 9126 §5";
    if required {
        let sentence =
            "Only requests that were pushed first (PAR) are taken; the gateway sends them in the address.";
        Judged::new("PAR", Verdict::Warn, sentence, SOURCE)
    } else {
        Judged::new(
            "PAR",
            Verdict::Pass,
            "A request in the address is taken; none need be pushed (PAR).",
            SOURCE,
        )
    }
}

/// The scopes that are asked for, against those that the metadata list. Not listed is no error: servers may leave some out.
pub fn scopes_offered(asked: &[String], offered: Option<&[String]>) -> Judged {
    const SOURCE: &str = "RFC 8414 §2";
    let Some(offered) = offered else {
        return Judged::new("scopes offered", Verdict::NotRun, "The metadata list no scopes.", SOURCE);
    };
    let missing: Vec<&str> =
        asked.iter().filter(|scope| !offered.contains(scope)).map(String::as_str).collect();
    if missing.is_empty() {
        return Judged::new("scopes offered", Verdict::Pass, "All scopes asked for are listed.", SOURCE);
    }
    let sentence = format!(
        "Not listed: {}. Okta lists a custom scope only when it is published, so this alone proves nothing.",
        missing.join(", ")
    );
    Judged::new("scopes offered", Verdict::Warn, sentence, SOURCE)
}

/// `state` must come back unchanged, with errors too.
pub fn state(sent: &Secret, received: Option<&str>) -> Judged {
    let received = received.map(Secret::new);
    let wrong = match received {
        Some(_) => "The state is another one than was sent: this answers another request.",
        None => "The answer has no state.",
    };
    let good = received.as_ref() == Some(sent);
    Judged::of("state", good, ("The state came back unchanged.", wrong), "RFC 6749 §4.1.2, §10.12").secrets(
        SecretKind::State,
        sent,
        received.as_ref(),
    )
}

/// The `iss` parameter of the answer. The table of RFC 9207 §2.4 with the choice of MCP 2026-07-28 where the RFC leaves one:
/// an `iss` that was not announced is compared as well.
pub fn iss(issuer: &str, announced: bool, received: Option<&str>) -> Judged {
    const SOURCE: &str = "RFC 9207 §2.4";
    match (announced, received) {
        (_, Some(received)) => {
            let wrong = "The answer is from another issuer: it must be discarded.";
            Judged::of("iss parameter", received == issuer, ("The answer is from the issuer.", wrong), SOURCE)
                .values(issuer, received)
        }
        (true, None) => {
            let sentence = "The metadata announce iss in every answer, and this one has none: clients that check it refuse.";
            Judged::new("iss parameter", Verdict::Fail, sentence, SOURCE)
        }
        (false, None) => Judged::new(
            "iss parameter",
            Verdict::NotRun,
            "The server does not announce it, and sent none.",
            SOURCE,
        ),
    }
}

/// The answer must go to the very redirect URI that was asked for: what stands before the answer's own parameters.
pub fn redirect_target(redirect_uri: &str, location: &str) -> Judged {
    let rest = location.strip_prefix(redirect_uri);
    let good = rest.is_some_and(|rest| rest.starts_with(['?', '&', '#']));
    let sentences = (
        "Okta answers to the redirect URI that was asked for.",
        "The answer goes somewhere else than asked for.",
    );
    let shown = location.split(['?', '#']).next().unwrap_or_default();
    Judged::of("redirect URI", good, sentences, "RFC 6749 §4.1.2").values(redirect_uri, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_rfc_7636() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(pkce(&verifier, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").verdict, Verdict::Pass);
        assert_eq!(pkce(&verifier, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cm").verdict, Verdict::Fail);
        let short = Secret::new("short");
        assert_eq!(pkce(&short, &challenge(&short)).verdict, Verdict::Fail);
    }

    #[test]
    fn the_issuer_is_compared_as_a_string() {
        assert_eq!(issuer("https://a/o", Some("https://a/o")).verdict, Verdict::Pass);
        for said in [Some("https://a/o/"), Some("HTTPS://a/o"), Some("https://a:443/o"), None] {
            assert_eq!(issuer("https://a/o", said).verdict, Verdict::Fail, "{said:?}");
        }
    }

    #[test]
    fn the_table_of_rfc_9207() {
        for (announced, received, verdict) in [
            (true, Some("https://i"), Verdict::Pass),
            (true, Some("https://j"), Verdict::Fail),
            (true, None, Verdict::Fail),
            (false, Some("https://i"), Verdict::Pass),
            (false, Some("https://i/"), Verdict::Fail),
            (false, None, Verdict::NotRun),
        ] {
            assert_eq!(iss("https://i", announced, received).verdict, verdict, "{announced} {received:?}");
        }
    }

    #[test]
    fn state_is_compared_exactly() {
        let sent = Secret::new("abc");
        assert_eq!(state(&sent, Some("abc")).verdict, Verdict::Pass);
        assert_eq!(state(&sent, Some("abC")).verdict, Verdict::Fail);
        assert_eq!(state(&sent, None).verdict, Verdict::Fail);
    }

    #[test]
    fn a_location_elsewhere_is_noticed() {
        let cb = "https://g/cb";
        assert_eq!(redirect_target(cb, "https://g/cb?code=1").verdict, Verdict::Pass);
        for location in
            ["https://g/cb/?code=1", "https://g/cbx?code=1", "https://evil/cb?code=1", "https://g/cb"]
        {
            assert_eq!(redirect_target(cb, location).verdict, Verdict::Fail, "{location}");
        }
    }

    #[test]
    fn endpoints_elsewhere_and_unlisted_scopes_are_only_noted() {
        let list = [("token_endpoint", Some("https://b/t")), ("jwks_uri", None)];
        assert_eq!(endpoint_hosts("https://a", &list).verdict, Verdict::Warn);
        let asked = ["openid".to_owned(), "mcp".to_owned()];
        assert_eq!(scopes_offered(&asked, Some(&["openid".to_owned()])).verdict, Verdict::Warn);
        assert_eq!(scopes_offered(&asked, None).verdict, Verdict::NotRun);
        assert_eq!(pkce_offered(Some(&["plain".to_owned()])).verdict, Verdict::Fail);
        assert_eq!(pkce_offered(None).verdict, Verdict::Warn);
    }
}
