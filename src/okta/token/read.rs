//! What the org server's token endpoint answers: a token, or one of the refusals. Pure.

use super::super::answer;
use super::super::model::{ApiError, TokenFault, TokenProblem};
use crate::secret::Secret;
use crate::text::Clean;
use http::HeaderMap;
use serde_json::Value;

/// A token as it was given (RFC 6749 §5.1).
#[derive(Clone)]
pub(super) struct Granted {
    pub(super) token: Secret,
    /// Seconds; an hour where Okta does not say.
    pub(super) seconds: i64,
    /// The scopes that are in it.
    pub(super) scopes: Vec<String>,
    pub(super) refresh: Option<Secret>,
}

/// Reads an answer. `asked` are the scopes that were asked for: RFC 6749 lets `scope` be left out where they are the same.
pub(super) fn granted(
    endpoint: &str,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
    asked: &[String],
) -> Result<Granted, ApiError> {
    let Some(value) = serde_json::from_slice::<Value>(body).ok().filter(Value::is_object) else {
        return Err(answer::error(endpoint, status, headers, body));
    };
    if !(200..300).contains(&status) {
        return Err(refused(endpoint, status, headers, body, &value));
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    if text("token_type").is_some_and(|t| t.eq_ignore_ascii_case("dpop")) {
        return Err(ApiError::Token(TokenProblem::of(TokenFault::Dpop)));
    }
    let Some(token) = text("access_token").filter(|t| t.bytes().all(|b| b.is_ascii_graphic())) else {
        return Err(ApiError::Unreadable {
            endpoint: endpoint.to_owned(),
            status,
            detail: Clean::new("there is no access token in it"),
        });
    };
    let scopes = match text("scope") {
        Some(scopes) => scopes.split_ascii_whitespace().map(str::to_owned).collect(),
        None => asked.to_vec(),
    };
    Ok(Granted {
        token: Secret::new(token),
        seconds: value.get("expires_in").and_then(Value::as_i64).unwrap_or(3600).clamp(1, 86_400),
        scopes,
        refresh: text("refresh_token").map(Secret::new),
    })
}

/// A refusal. Okta has two shapes of it: RFC 6749's, and its own envelope for a client that it does not know.
pub(super) fn refused(
    endpoint: &str,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
    value: &Value,
) -> ApiError {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let code = text("error").or_else(|| text("errorCode")).unwrap_or_default();
    if code.is_empty() || status >= 500 || code == "E0000047" {
        return answer::error(endpoint, status, headers, body);
    }
    let said = text("error_description").or_else(|| text("errorSummary")).unwrap_or_default();
    let request_id = headers.get("x-okta-request-id").and_then(|v| v.to_str().ok()).map(Clean::new);
    let fault = fault(code, said);
    ApiError::Token(TokenProblem {
        fault,
        status,
        code: Clean::new(code),
        said: Clean::new(said),
        request_id,
    })
}

/// What a refusal means. The error code alone says little: `invalid_client` is a wrong id, a wrong key and a wrong clock. Which
/// sentence Okta writes for which of its internal codes is not documented, so both the internal code, as the System Log names it, and
/// the words that any sentence about it must have are looked for; what fits nothing stays in Okta's own words.
fn fault(code: &str, said: &str) -> TokenFault {
    let said = said.to_ascii_lowercase().replace('_', " ");
    let has = |word: &str| said.contains(word);
    let assertion = has("assertion") || has("jwt");
    match code {
        "use_dpop_nonce" | "invalid_dpop_proof" => TokenFault::Dpop,
        _ if has("dpop") => TokenFault::Dpop,
        "access_denied" => TokenFault::Denied,
        "expired_token" => TokenFault::CodeExpired,
        "too_many_user_codes" => TokenFault::TooManyCodes,
        "consent_required" => TokenFault::NotGranted,
        "invalid_scope" => TokenFault::UnknownScope,
        "invalid_grant" => TokenFault::SignInEnded,
        "unsupported_grant_type" | "unauthorized_client" => TokenFault::AppType,
        "invalid_client" | "invalid_request" => match () {
            () if assertion
                && (has("expir") || has("issued at") || has("issued in the future") || has("too far")) =>
            {
                TokenFault::Clock
            }
            () if has("kid") || has("key id") => TokenFault::Kid,
            () if has("jwks") && (has("not configured") || has("no ") || has("must be")) => {
                TokenFault::NoKeys
            }
            () if assertion && has("signature") => TokenFault::Signature,
            () if assertion && has("audience") => TokenFault::Audience,
            () if has("private key jwt") || has("auth method") => TokenFault::Method,
            () if has("application type") || has("service") => TokenFault::AppType,
            () if has("client id") || said.is_empty() => TokenFault::UnknownClient,
            () => TokenFault::Other,
        },
        _ => TokenFault::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(status: u16, body: &str) -> Result<Granted, ApiError> {
        granted("POST /oauth2/v1/token", status, &HeaderMap::new(), body.as_bytes(), &["a".to_owned()])
    }

    #[test]
    fn a_token_is_read_and_its_scopes_are_those_asked_for_where_none_are_told() {
        let full = r#"{"token_type":"Bearer","expires_in":3600,"access_token":"t","scope":"b c","refresh_token":"r"}"#;
        let granted = read(200, full).ok().unwrap();
        assert_eq!((granted.token.expose(), granted.seconds), ("t", 3600));
        assert_eq!(granted.scopes, ["b", "c"]);
        assert_eq!(granted.refresh.unwrap().expose(), "r");
        assert_eq!(read(200, r#"{"access_token":"t"}"#).ok().unwrap().scopes, ["a"]);
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for body in ["{}", r#"{"access_token":""}"#, r#"{"access_token":"a b"}"#, r#"{"access_token":7}"#] {
            assert!(matches!(read(200, body), Err(ApiError::Unreadable { .. })), "{body}");
        }
        assert!(matches!(read(200, "<html>"), Err(ApiError::NotJson { .. })));
        let bound = read(200, r#"{"access_token":"t","token_type":"DPoP"}"#).err().unwrap();
        assert!(matches!(bound, ApiError::Token(p) if p.fault == TokenFault::Dpop));
    }

    #[test]
    fn each_refusal_has_its_kind() {
        let cases = [
            ("invalid_client", "Invalid value for 'client_id' parameter.", TokenFault::UnknownClient),
            ("invalid_client", "The client_assertion token is expired.", TokenFault::Clock),
            ("invalid_client", "The client_assertion token was issued in the future.", TokenFault::Clock),
            ("invalid_client", "client_assertion_expires_too_far_in_future", TokenFault::Clock),
            ("invalid_client", "The client_assertion token has an invalid signature.", TokenFault::Signature),
            ("invalid_client", "The 'kid' of the client_assertion is unknown.", TokenFault::Kid),
            ("invalid_client", "client_assertion_jwks_not_configured", TokenFault::NoKeys),
            (
                "invalid_client",
                "The audience claim for client_assertion must be the endpoint.",
                TokenFault::Audience,
            ),
            (
                "invalid_client",
                "Requests must use the private_key_jwt token_endpoint_auth_method.",
                TokenFault::Method,
            ),
            ("invalid_client", "Something new.", TokenFault::Other),
            ("consent_required", "You are not allowed any of the requested scopes.", TokenFault::NotGranted),
            ("invalid_scope", "", TokenFault::UnknownScope),
            ("invalid_dpop_proof", "The DPoP proof JWT header is missing.", TokenFault::Dpop),
            ("use_dpop_nonce", "", TokenFault::Dpop),
            ("invalid_grant", "The refresh token is invalid or expired.", TokenFault::SignInEnded),
        ];
        for (code, said, fault) in cases {
            for body in [
                serde_json::json!({ "error": code, "error_description": said }),
                serde_json::json!({ "errorCode": code, "errorSummary": said }),
            ] {
                match read(400, &body.to_string()) {
                    Err(ApiError::Token(p)) => assert_eq!(p.fault, fault, "{body}"),
                    other => panic!("{body}: {:?}", other.err()),
                }
            }
        }
        assert!(matches!(read(503, r#"{"error":"x"}"#), Err(ApiError::Okta(p)) if p.status == 503));
    }

    proptest! {
        #[test]
        fn any_answer_is_a_token_or_an_error_that_can_be_drawn(status in 200u16..600, body in ".{0,120}") {
            if let Err(e) = read(status, &body) {
                prop_assert!(!e.to_string().chars().any(crate::text::is_unsafe));
            }
        }
    }
}
