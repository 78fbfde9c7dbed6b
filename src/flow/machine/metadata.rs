//! The authorization server's metadata (RFC 8414, OpenID Connect Discovery).

use super::reply::Reply;
use super::{Judgement, lines};
use crate::flow::Spec;
use crate::flow::checks::{answer, clock};
use crate::flow::trace::{Step, Verdict};
use serde_json::Value;

/// What a run uses of the metadata; endpoints as they are written there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `authorization_endpoint`.
    pub authorization: String,
    /// `token_endpoint`.
    pub token: String,
    /// `jwks_uri`.
    pub keys: Option<String>,
    /// `userinfo_endpoint`.
    pub userinfo: Option<String>,
    /// `revocation_endpoint`.
    pub revocation: Option<String>,
    /// `introspection_endpoint`.
    pub introspection: Option<String>,
    /// `device_authorization_endpoint` (RFC 8628 §4).
    pub device_authorization: Option<String>,
    /// `end_session_endpoint`.
    pub end_session: Option<String>,
    /// `id_token_signing_alg_values_supported`; empty when absent.
    pub algorithms: Vec<String>,
    /// `authorization_response_iss_parameter_supported`.
    pub announces_iss: bool,
}

/// Reads and judges the answer of discovery. Without metadata the run cannot go on: soft 200s with a page are no metadata, and
/// those of another issuer must not be used (RFC 8414 §3.3).
pub(super) fn judge(reply: &Reply, spec: &Spec) -> (Option<Metadata>, Judgement) {
    let Some(value) = reply.json().filter(|_| reply.status == 200) else {
        let refusal = reply.refusal();
        let mut why = refusal.why(Step::Authorize);
        if reply.status == 200 {
            why = vec![format!("Okta answered 200 with {} instead of metadata.", reply.kind_of_body())];
            why.push("Something else than an authorization server answers at this address.".into());
        }
        return (None, Judgement::fail(why));
    };
    let text = |name: &str| value.get(name).and_then(Value::as_str).filter(|s| !s.is_empty());
    let list = |name: &str| {
        let items = value.get(name)?.as_array()?;
        Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<String>>())
    };
    let issuer = answer::issuer(&spec.issuer, text("issuer"));
    let same_issuer = issuer.verdict == Verdict::Pass;
    let owned = |name: &str| text(name).map(str::to_owned);
    let endpoints = ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"];
    let checks = vec![
        issuer,
        answer::endpoint_hosts(&spec.issuer, &endpoints.map(|name| (name, text(name)))),
        answer::pkce_offered(list("code_challenge_methods_supported").as_deref()),
        answer::pushed(value.get("require_pushed_authorization_requests") == Some(&Value::Bool(true))),
        answer::scopes_offered(&spec.scopes, list("scopes_supported").as_deref()),
        clock::check(clock::Skew::measure(reply.header("date"), reply.sent, reply.received)),
    ];
    let (Some(authorization), Some(token)) = (owned("authorization_endpoint"), owned("token_endpoint"))
    else {
        let why = "The answer names no authorization_endpoint and token_endpoint: it is no metadata.";
        return (None, Judgement { checks, ..Judgement::fail(lines(&[why])) });
    };
    let metadata = Metadata {
        authorization,
        token,
        keys: owned("jwks_uri"),
        userinfo: owned("userinfo_endpoint"),
        revocation: owned("revocation_endpoint"),
        introspection: owned("introspection_endpoint"),
        device_authorization: owned("device_authorization_endpoint"),
        end_session: owned("end_session_endpoint"),
        algorithms: list("id_token_signing_alg_values_supported").unwrap_or_default(),
        announces_iss: value.get("authorization_response_iss_parameter_supported")
            == Some(&Value::Bool(true)),
    };
    let judgement =
        Judgement::pass(checks, &["The metadata name the endpoints that the rest of the run uses."]);
    (Some(metadata).filter(|_| same_issuer), judgement)
}
