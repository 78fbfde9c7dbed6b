//! The checks of an ID token, one by one (OIDC Core §3.1.3.7, §3.1.3.8).

use super::clock::{LEEWAY, Skew};
use super::jwt::Jwt;
use super::keys::{Keys, Signature};
use super::{Judged, Shown};
use crate::flow::trace::{SecretKind, Verdict};
use crate::secret::Secret;
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

/// What an ID token is held against.
pub struct Expected<'a> {
    /// The issuer, as discovery says it.
    pub issuer: &'a str,
    /// The client.
    pub client_id: &'a str,
    /// For MAC algorithms.
    pub client_secret: Option<&'a Secret>,
    /// The nonce sent, if one was.
    pub nonce: Option<&'a Secret>,
    /// The access token that came beside it.
    pub access_token: Option<&'a Secret>,
    /// `id_token_signing_alg_values_supported` of the metadata; empty when it does not say.
    pub algorithms: &'a [String],
    /// The issuer's keys, or why they are not here.
    pub keys: Result<&'a Keys, &'a str>,
    /// Our time.
    pub now: Timestamp,
    /// The server's clock, when it could be measured: times are judged by it.
    pub skew: Option<Skew>,
    /// `max_age` of the request, in seconds, if it was sent.
    pub max_age: Option<i64>,
}

/// How many checks [`check`] makes of a token that can be read, `auth_time` aside.
pub const COUNT: usize = 11;

/// All checks, in the order in which they are shown.
pub fn check(raw: &str, expected: &Expected<'_>) -> Vec<Judged> {
    let jwt = match Jwt::read(raw) {
        Ok(jwt) => jwt,
        Err(why) => {
            let sentence = format!("The ID token cannot be read: {why}.");
            return vec![Judged::new("format", Verdict::Fail, sentence, "OIDC Core §2; RFC 7519 §7.2")];
        }
    };
    let server_now = expected.skew.map_or(expected.now, |skew| skew.server_time(expected.now)).as_second();
    let mut checks = vec![
        alg(&jwt, expected),
        kid(&jwt, expected),
        signature(&jwt, expected),
        issuer(&jwt, expected),
        audience(&jwt, expected),
        authorized_party(&jwt, expected),
        expiry(&jwt, server_now),
        issued_at(&jwt, server_now),
        nonce(&jwt, expected),
        at_hash(&jwt, expected),
        required(&jwt),
    ];
    if let Some(max_age) = expected.max_age {
        checks.push(auth_time(&jwt, server_now, max_age));
    }
    checks
}

fn alg(jwt: &Jwt<'_>, expected: &Expected<'_>) -> Judged {
    const SOURCE: &str = "OIDC Core §3.1.3.7 (7)";
    let alg = jwt.alg();
    let offered = expected.algorithms;
    let (verdict, sentence) = match alg {
        "" => (Verdict::Fail, "The header names no algorithm.".to_owned()),
        alg if alg.eq_ignore_ascii_case("none") => {
            (Verdict::Fail, "The token is not signed at all: anybody could have written it.".to_owned())
        }
        "RS256" if offered.is_empty() || offered.iter().any(|a| a == "RS256") => {
            (Verdict::Pass, "Signed with RS256, the default.".to_owned())
        }
        alg if offered.iter().any(|a| a == alg) => (
            Verdict::Warn,
            format!("Signed with {alg}, which the metadata offers; many clients expect RS256."),
        ),
        alg => (Verdict::Fail, format!("Signed with {alg}, which the metadata does not offer.")),
    };
    let wanted = if offered.is_empty() { "RS256".to_owned() } else { offered.join(", ") };
    Judged::new("alg", verdict, sentence, SOURCE).values(wanted, alg)
}

fn kid(jwt: &Jwt<'_>, expected: &Expected<'_>) -> Judged {
    const SOURCE: &str = "OIDC Core §10.1; RFC 7515 §4.1.4";
    let not_run = |sentence: String| Judged::new("kid", Verdict::NotRun, sentence, SOURCE);
    if jwt.alg().starts_with("HS") {
        return not_run("The key is the client secret, which has no name.".into());
    }
    let keys = match expected.keys {
        Ok(keys) => keys,
        Err(why) => return not_run(format!("The issuer's keys are not here: {why}")),
    };
    let found = keys.find(jwt.kid()).is_some();
    let wrong = if jwt.kid().is_some() {
        "The key that signed the token is not in the issuer's key set, also after asking again."
    } else {
        "The token does not say which of the issuer's keys signed it."
    };
    Judged::of("kid", found, ("The key that signed it is in the issuer's key set.", wrong), SOURCE)
        .values(keys.kids().join(", "), jwt.kid().unwrap_or("none"))
}

fn signature(jwt: &Jwt<'_>, expected: &Expected<'_>) -> Judged {
    const SOURCE: &str = "OIDC Core §3.1.3.7 (6); RFC 7515 §5.2";
    let keys = match expected.keys {
        Ok(keys) => keys,
        Err(why) => {
            return Judged::new("signature", Verdict::NotRun, format!("Without the keys: {why}"), SOURCE);
        }
    };
    match keys.judge(jwt, expected.client_secret) {
        Signature::Good => {
            Judged::new("signature", Verdict::Pass, "The issuer's key made this signature.", SOURCE)
        }
        Signature::Bad => {
            let sentence = "The signature does not fit the issuer's key: the token was changed, or another issuer made it.";
            Judged::new("signature", Verdict::Fail, sentence, SOURCE)
        }
        Signature::Unknown(why) => {
            Judged::new("signature", Verdict::NotRun, format!("Not judged: {why}."), SOURCE)
        }
    }
}

fn issuer(jwt: &Jwt<'_>, expected: &Expected<'_>) -> Judged {
    let actual = jwt.text("iss").unwrap_or_default();
    let sentences = (
        "The issuer is the one of the metadata, character by character.",
        "The token is from another issuer than the metadata say: authorize and token are of different servers or domains.",
    );
    Judged::of("iss", actual == expected.issuer, sentences, "OIDC Core §3.1.3.7 (2)")
        .values(expected.issuer, actual)
}

fn audience(jwt: &Jwt<'_>, expected: &Expected<'_>) -> Judged {
    const SOURCE: &str = "OIDC Core §3.1.3.7 (3)";
    let all = jwt.audiences();
    let (verdict, sentence) = match (all.contains(&expected.client_id), all.len()) {
        (true, 1) => (Verdict::Pass, "The token is for this client."),
        (true, _) => {
            (Verdict::Fail, "The token is for this client, but also for others that it need not trust.")
        }
        (false, _) => (Verdict::Fail, "The token is not for this client."),
    };
    Judged::new("aud", verdict, sentence, SOURCE).values(expected.client_id, all.join(", "))
}

fn authorized_party(jwt: &Jwt<'_>, expected: &Expected<'_>) -> Judged {
    const SOURCE: &str = "OIDC Core §3.1.3.7 (4, 5)";
    match jwt.claims.get("azp") {
        None => Judged::new("azp", Verdict::Pass, "Absent, as it may be with one audience.", SOURCE),
        Some(azp) => {
            let azp = azp.as_str().unwrap_or_default();
            let sentences = ("It was issued to this client.", "It was issued to another client.");
            Judged::of("azp", azp == expected.client_id, sentences, SOURCE).values(expected.client_id, azp)
        }
    }
}

fn expiry(jwt: &Jwt<'_>, now: i64) -> Judged {
    const SOURCE: &str = "OIDC Core §3.1.3.7 (9); RFC 7519 §4.1.4";
    let Some(exp) = jwt.time("exp") else {
        return Judged::new("exp", Verdict::Fail, "It does not say when it ends.", SOURCE);
    };
    let left = exp.saturating_sub(now);
    let good =
        format!("It is good for {} more.", crate::text::time::length(u64::try_from(left).unwrap_or(0)));
    let bad = format!("It ended {} s ago, by the server's clock.", left.saturating_neg());
    Judged::of("exp", left > 0, (good, bad), SOURCE).values(format!("after {now}"), exp.to_string())
}

fn issued_at(jwt: &Jwt<'_>, now: i64) -> Judged {
    const SOURCE: &str = "OIDC Core §3.1.3.7 (10)";
    let Some(iat) = jwt.time("iat") else {
        return Judged::new("iat", Verdict::Fail, "It does not say when it was made.", SOURCE);
    };
    let age = now.saturating_sub(iat);
    let (verdict, sentence) = if age < -LEEWAY {
        (
            Verdict::Fail,
            format!("It was made {} s in the future, by the server's clock.", age.saturating_neg()),
        )
    } else if age > 600 {
        (Verdict::Warn, format!("It was made {age} s ago, though it was fetched just now."))
    } else {
        (Verdict::Pass, "It was made just now.".to_owned())
    };
    Judged::new("iat", verdict, sentence, SOURCE).values(format!("about {now}"), iat.to_string())
}

fn nonce(jwt: &Jwt<'_>, expected: &Expected<'_>) -> Judged {
    const SOURCE: &str = "OIDC Core §3.1.3.7 (11)";
    let Some(sent) = expected.nonce else {
        return Judged::new("nonce", Verdict::NotRun, "No nonce was sent.", SOURCE);
    };
    let actual = jwt.text("nonce").map(Secret::new);
    let wrong = if actual.is_some() {
        "The nonce is another one than was sent: this token answers another request."
    } else {
        "A nonce was sent, and the token has none: it could be replayed."
    };
    let good = actual.as_ref() == Some(sent);
    Judged::of("nonce", good, ("The nonce sent came back inside the token.", wrong), SOURCE).secrets(
        SecretKind::Nonce,
        sent,
        actual.as_ref(),
    )
}

fn at_hash(jwt: &Jwt<'_>, expected: &Expected<'_>) -> Judged {
    const SOURCE: &str = "OIDC Core §3.1.3.8";
    let not_run = |sentence: &str| Judged::new("at_hash", Verdict::NotRun, sentence, SOURCE);
    let Some(claimed) = jwt.text("at_hash") else {
        return not_run("The token has no at_hash; in the code flow it need not (OIDC Core §3.1.3.6).");
    };
    let Some(access_token) = expected.access_token else {
        return not_run("No access token came beside it.");
    };
    let Some(computed) = half_hash(jwt.alg(), access_token.expose()) else {
        return not_run("The hash that goes with this algorithm is not known.");
    };
    let sentences = (
        "It belongs to the access token beside it.",
        "It does not belong to the access token beside it: one of the two was exchanged.",
    );
    Judged::of("at_hash", computed == claimed, sentences, SOURCE).values(computed, claimed)
}

/// The left half of the hash of `value`, Base64url, by the hash of the JWS algorithm.
fn half_hash(alg: &str, value: &str) -> Option<String> {
    let algorithm = match alg.get(2..)? {
        "256" => &digest::SHA256,
        "384" => &digest::SHA384,
        "512" => &digest::SHA512,
        _ => return None,
    };
    let hash = digest::digest(algorithm, value.as_bytes());
    let half = hash.as_ref().get(..hash.as_ref().len() / 2)?;
    Some(URL_SAFE_NO_PAD.encode(half))
}

fn required(jwt: &Jwt<'_>) -> Judged {
    let missing: Vec<&str> = ["iss", "sub", "aud", "exp", "iat"]
        .into_iter()
        .filter(|claim| !jwt.claims.contains_key(*claim))
        .collect();
    let wrong = format!("Claims that every ID token must have are missing: {}.", missing.join(", "));
    let right = "iss, sub, aud, exp and iat are all there.";
    Judged::of("claims", missing.is_empty(), (right, wrong), "OIDC Core §2")
}

fn auth_time(jwt: &Jwt<'_>, now: i64, max_age: i64) -> Judged {
    const SOURCE: &str = "OIDC Core §3.1.3.7 (13)";
    let Some(at) = jwt.time("auth_time") else {
        let sentence = "max_age was sent, and the token does not say when the person signed in.";
        return Judged::new("auth_time", Verdict::Fail, sentence, SOURCE);
    };
    let age = now.saturating_sub(at);
    let wrong = format!("The person signed in {age} s ago, longer than was asked for.");
    let mut judged = Judged::of(
        "auth_time",
        age <= max_age.saturating_add(LEEWAY),
        ("The person signed in recently enough.", wrong),
        SOURCE,
    );
    judged.expected = Some(Shown::Plain(format!("at most {max_age} s ago")));
    judged
}

#[cfg(test)]
mod tests;
