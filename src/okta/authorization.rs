//! How a request to the management API proves who sends it.

use super::model::ApiError;
use super::token::{Tokens, scopes};
use crate::secret::Secret;
use http::Method;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use zeroize::Zeroizing;

/// The session's credential. Callers hold one and never look inside, so that another kind is a matter of this file alone.
#[derive(Clone)]
#[non_exhaustive]
pub enum Authorization {
    /// None: for what an org tells anybody.
    Anonymous,
    /// Okta's API token, sent as `SSWS`. It acts with the present rights of the person who made it.
    ApiToken(Secret),
    /// Access tokens of the org server, replaced before they end. They act with the rights of the app or of the person, and within
    /// their scopes.
    Bearer(Tokens),
}

/// The credential that went with one request, to tell later whether it has been replaced since.
pub(super) enum Sent {
    /// Nothing that could be replaced.
    Fixed,
    /// This access token.
    Token(Secret),
}

/// Why a request has no credential.
#[derive(Debug)]
pub(super) enum Missing {
    /// The API token has characters that no header can carry, a line break of a paste for instance.
    BadToken,
    /// There is no access token.
    NoAccess(ApiError),
}

/// What a refusal of a bearer token means.
pub(super) enum Refusal {
    /// The token is not good: another one may be.
    Stale,
    /// It lacks this scope.
    Scope(String),
    /// Something else.
    Other,
}

impl Authorization {
    /// Adds what this request needs. Method and address are part of the contract because a proof of possession (DPoP, RFC 9449)
    /// is made for exactly one request. A token that equals `refused` is replaced first.
    pub(super) async fn add(
        &self,
        _method: &Method,
        _url: &str,
        headers: &mut HeaderMap,
        refused: Option<&Secret>,
    ) -> Result<Sent, Missing> {
        let (line, sent) = match self {
            Self::Anonymous => return Ok(Sent::Fixed),
            Self::ApiToken(token) => {
                if token.is_empty() || token.expose().contains(|c: char| !c.is_ascii_graphic()) {
                    return Err(Missing::BadToken);
                }
                (Zeroizing::new(format!("SSWS {}", token.expose())), Sent::Fixed)
            }
            Self::Bearer(tokens) => {
                let token = match refused {
                    Some(stale) => tokens.replace(stale).await,
                    None => tokens.current().await,
                };
                let token = token.map_err(Missing::NoAccess)?;
                (Zeroizing::new(format!("Bearer {}", token.expose())), Sent::Token(token))
            }
        };
        let mut value = HeaderValue::from_str(&line).map_err(|_| Missing::BadToken)?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
        Ok(sent)
    }

    /// What a 401 or 403 says about the token (RFC 6750 §3.1). Where Okta names no scope, it is the one that the call needs and the
    /// token has not.
    pub(super) fn judge(&self, status: u16, headers: &HeaderMap, method: &Method, path: &str) -> Refusal {
        let Self::Bearer(tokens) = self else { return Refusal::Other };
        let challenges: Vec<&str> =
            headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|v| v.to_str().ok()).collect();
        let error = challenges.iter().find_map(|c| parameter(c, "error"));
        match (status, error.as_deref()) {
            // Whether every endpoint sends the header with a bad token is not documented; a 401 has no other cause here.
            (401, _) => Refusal::Stale,
            (403, error) => {
                let granted = tokens.facts().map(|f| f.scopes).unwrap_or_default();
                let needed = scopes::needed(method, path).filter(|s| !scopes::covers(&granted, s));
                let told = challenges.iter().find_map(|c| parameter(c, "scope")).filter(|s| !s.is_empty());
                match needed.or(told.filter(|_| error == Some("insufficient_scope"))) {
                    Some(scope) => Refusal::Scope(scope),
                    None if error == Some("insufficient_scope") => {
                        Refusal::Scope("one that oktui does not know by name".into())
                    }
                    None => Refusal::Other,
                }
            }
            _ => Refusal::Other,
        }
    }
}

/// A parameter of a challenge (RFC 9110 §11.2): `Bearer error="invalid_token", scope="a b"`.
fn parameter(challenge: &str, name: &str) -> Option<String> {
    let mut rest = challenge.split_once(' ').map_or(challenge, |(_, parameters)| parameters);
    while let Some((key, after)) = rest.split_once('=') {
        let key = key.trim_start_matches([',', ' ']).trim();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(',').unwrap_or((after, "")),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value.trim().to_owned());
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn added(authorization: &Authorization) -> Result<HeaderMap, Missing> {
        let mut headers = HeaderMap::new();
        authorization.add(&Method::GET, "https://acme.okta.com/", &mut headers, None).await.map(|_| headers)
    }

    #[tokio::test]
    async fn a_token_goes_as_ssws_and_is_not_shown() {
        let headers = added(&Authorization::ApiToken(Secret::new("00abc"))).await.unwrap();
        assert_eq!(headers[AUTHORIZATION], "SSWS 00abc");
        assert!(!format!("{headers:?}").contains("00abc"));
        assert!(added(&Authorization::Anonymous).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_token_that_no_header_can_carry_is_refused() {
        for bad in ["", "a b", "a\nb", "tökén"] {
            let refused = added(&Authorization::ApiToken(Secret::new(bad))).await;
            assert!(matches!(refused, Err(Missing::BadToken)), "{bad:?}");
        }
    }

    #[test]
    fn a_challenge_is_read_by_its_parameters() {
        let challenge = r#"Bearer realm="https://a, b=c", error="insufficient_scope", scope="okta.apps.read okta.x", x=1"#;
        assert_eq!(parameter(challenge, "error").as_deref(), Some("insufficient_scope"));
        assert_eq!(parameter(challenge, "scope").as_deref(), Some("okta.apps.read okta.x"));
        assert_eq!(parameter(challenge, "x").as_deref(), Some("1"));
        assert_eq!(parameter(challenge, "b"), None);
        for broken in ["", "Bearer", "Bearer error", r#"Bearer error="unfinished"#, "=,=,="] {
            assert_eq!(parameter(broken, "error"), None, "{broken}");
        }
    }
}
