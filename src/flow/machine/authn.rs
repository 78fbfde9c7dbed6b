//! Sign-in in the terminal: Okta's primary authentication. A password, then a one-time code where it is asked for, give a
//! session token that `/authorize` takes once.
//!
//! Okta made this API for its Classic engine. On Identity Engine it still works, but only the global session policy is judged:
//! the app's own sign-in policy is not.
//!
//! Requests and answers as values. No request carries an `Authorization` header: it would make Okta trust the call and judge it
//! differently.

use super::{Outgoing, Reply};
use crate::flow::FactorChoice;
use crate::flow::explain::Refusal;
use crate::secret::Secret;
use serde_json::{Value, json};
use url::Url;

/// Where a sign-in stands.
pub enum Transaction {
    /// The session token for `/authorize`: good once, for five minutes.
    Success(Secret),
    /// A one-time code is wanted.
    Passcode {
        /// Ties the steps together.
        state_token: Secret,
        /// The factors that take a typed code.
        factors: Vec<Factor>,
        /// The other factors, in words.
        others: Vec<String>,
    },
    /// Anything else: refused, or a state that this way cannot answer.
    Refused(Refusal, Vec<String>),
}

/// A factor that takes a typed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// For the person.
    pub choice: FactorChoice,
    /// Where the code goes.
    verify: String,
}

/// The request with the password. It carries no `Authorization` header.
pub fn primary(org_url: &str, login: &str, password: &Secret) -> Outgoing {
    let body = json!({
        "username": login,
        "password": password.expose(),
        // Without these Okta may stop at a page about enrolling or about a password that ends soon.
        "options": {"multiOptionalFactorEnroll": false, "warnBeforePasswordExpired": false},
    });
    Outgoing::post_json(format!("{}/api/v1/authn", org_url.trim_end_matches('/')), &body)
}

/// The request with the one-time code.
pub fn verify(factor: &Factor, state_token: &Secret, code: &Secret) -> Outgoing {
    let body = json!({"stateToken": state_token.expose(), "passCode": code.expose()});
    Outgoing::post_json(factor.verify.clone(), &body)
}

/// The request that gives up a sign-in that waits for a second factor.
pub fn cancel(org_url: &str, state_token: &Secret) -> Outgoing {
    let url = format!("{}/api/v1/authn/cancel", org_url.trim_end_matches('/'));
    Outgoing::post_json(url, &json!({"stateToken": state_token.expose()}))
}

/// Reads an answer of either request.
pub fn read(reply: &Reply, org_url: &str) -> Transaction {
    let body = reply.json().filter(|_| reply.status == 200);
    let Some(body) = body else {
        let mut refusal = reply.refusal();
        if refusal.code.is_empty() && reply.status == 200 {
            refusal.words = format!("{} instead of JSON", reply.kind_of_body());
        }
        return Transaction::Refused(refusal, Vec::new());
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|s| !s.is_empty());
    let status = text("status").unwrap_or_default();
    let (factors, others) = factors(&body, org_url);
    match (status, text("sessionToken"), text("stateToken")) {
        ("SUCCESS", Some(token), _) => Transaction::Success(Secret::new(token)),
        ("MFA_REQUIRED", _, Some(state)) if !factors.is_empty() => {
            Transaction::Passcode { state_token: Secret::new(state), factors, others }
        }
        _ => {
            let refusal = Refusal { status: Some(200), code: status.to_owned(), words: String::new() };
            Transaction::Refused(refusal, others)
        }
    }
}

/// The factors of a transaction: those that take a typed code, and the others by name. Okta's page spells the list `factor`
/// in an example, its SDKs `factors`: both are read.
fn factors(body: &Value, org_url: &str) -> (Vec<Factor>, Vec<String>) {
    let embedded = body.get("_embedded");
    let list = embedded.and_then(|e| e.get("factors").or_else(|| e.get("factor")));
    let list: Vec<&Value> = match list {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let (mut typed, mut others) = (Vec::new(), Vec::new());
    for factor in list {
        let text = |name: &str| factor.get(name).and_then(Value::as_str).unwrap_or_default();
        let label = label(text("factorType"), text("provider"));
        let takes_code =
            matches!(text("factorType"), "token:software:totp" | "token:hotp" | "token:hardware" | "token");
        match verify_url(factor, text("id"), org_url).filter(|_| takes_code) {
            Some(verify) => {
                typed.push(Factor { choice: FactorChoice { id: text("id").to_owned(), label }, verify });
            }
            None => others.push(label),
        }
    }
    (typed, others)
}

/// `_links.verify.href`, if it is on the org's own host: a code goes nowhere else. Without a link, the documented path.
fn verify_url(factor: &Value, id: &str, org_url: &str) -> Option<String> {
    let org = Url::parse(org_url).ok()?;
    let href = factor.pointer("/_links/verify/href").and_then(Value::as_str);
    match href {
        Some(href) => {
            let url = Url::parse(href).ok()?;
            (url.origin() == org.origin()).then(|| href.to_owned())
        }
        None if id.is_empty() => None,
        None => {
            let mut url = org;
            url.path_segments_mut().ok()?.clear().extend(["api", "v1", "authn", "factors", id, "verify"]);
            Some(url.into())
        }
    }
}

fn label(kind: &str, provider: &str) -> String {
    let words = match kind {
        "token:software:totp" => "authenticator app",
        "token:hotp" | "token:hardware" | "token" => "one-time code device",
        "push" => "push to Okta Verify",
        "sms" => "text message",
        "call" => "phone call",
        "email" => "e-mail",
        "question" => "security question",
        "webauthn" | "u2f" => "security key or passkey",
        "" => "unnamed factor",
        other => other,
    };
    match provider {
        "" => words.to_owned(),
        provider => format!("{words} ({provider})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn reply(status: u16, body: &str) -> Reply {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let now = Timestamp::UNIX_EPOCH;
        Reply { status, headers, body: body.as_bytes().to_vec(), sent: now, received: now }
    }

    #[test]
    fn the_password_goes_without_an_authorization_header() {
        let request = primary("https://acme.okta.com/", "ana", &Secret::new("pw\"1"));
        assert_eq!(request.url, "https://acme.okta.com/api/v1/authn");
        assert!(request.headers.iter().all(|(name, _)| *name != "authorization"));
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["password"], "pw\"1");
    }

    #[test]
    fn a_second_factor_is_chosen_among_those_that_take_a_code() {
        let body = r#"{"status":"MFA_REQUIRED","stateToken":"st","_embedded":{"factors":[
            {"id":"1","factorType":"push","provider":"OKTA"},
            {"id":"2","factorType":"token:software:totp","provider":"GOOGLE","_links":{"verify":{"href":"https://o/api/v1/authn/factors/2/verify"}}},
            {"id":"3","factorType":"token:software:totp","provider":"EVIL","_links":{"verify":{"href":"https://evil/2"}}},
            {"id":"4/x","factorType":"token:hotp","provider":"CUSTOM"}]}}"#;
        let Transaction::Passcode { factors, others, .. } = read(&reply(200, body), "https://o") else {
            panic!("no passcode asked for")
        };
        let chosen: Vec<(&str, &str)> =
            factors.iter().map(|f| (f.choice.id.as_str(), f.verify.as_str())).collect();
        assert_eq!(
            chosen,
            [
                ("2", "https://o/api/v1/authn/factors/2/verify"),
                ("4/x", "https://o/api/v1/authn/factors/4%2Fx/verify")
            ]
        );
        assert_eq!(others, ["push to Okta Verify (OKTA)", "authenticator app (EVIL)"]);
    }

    #[test]
    fn what_cannot_be_answered_here_is_named() {
        for (status, body, code) in [
            (200, r#"{"status":"LOCKED_OUT"}"#, "LOCKED_OUT"),
            (200, r#"{"status":"PASSWORD_EXPIRED","stateToken":"x"}"#, "PASSWORD_EXPIRED"),
            (
                200,
                r#"{"status":"MFA_REQUIRED","stateToken":"x","_embedded":{"factor":{"factorType":"push"}}}"#,
                "MFA_REQUIRED",
            ),
            (401, r#"{"errorCode":"E0000004","errorSummary":"Authentication failed"}"#, "E0000004"),
            (200, r#"{"status":"SUCCESS"}"#, "SUCCESS"),
        ] {
            match read(&reply(status, body), "https://o") {
                Transaction::Refused(refusal, _) => assert_eq!(refusal.code, code),
                _ => panic!("{body} was taken for a sign-in"),
            }
        }
    }
}
