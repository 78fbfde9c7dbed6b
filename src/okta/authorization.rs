//! How a request to the management API proves who sends it.

use crate::secret::Secret;
use http::Method;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use zeroize::Zeroizing;

/// The session's credential. Callers hold one and never look inside, so that another kind is a matter of this file alone.
#[derive(Clone)]
#[non_exhaustive]
pub enum Authorization {
    /// None: for what an org tells anybody.
    Anonymous,
    /// Okta's API token, sent as `SSWS`. It acts with the present rights of the person who made it.
    ApiToken(Secret),
}

/// The token has characters that no header can carry, a line break of a paste for instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the API token has a character in it that no token has, such as a space or a line break")]
pub struct BadToken;

impl Authorization {
    /// Adds what this request needs. Method and address are part of the contract because a proof of possession (DPoP, RFC 9449)
    /// is made for exactly one request.
    pub(super) fn add(&self, _method: &Method, _url: &str, headers: &mut HeaderMap) -> Result<(), BadToken> {
        match self {
            Self::Anonymous => Ok(()),
            Self::ApiToken(token) => {
                let line = Zeroizing::new(format!("SSWS {}", token.expose()));
                if token.is_empty() || token.expose().contains(|c: char| !c.is_ascii_graphic()) {
                    return Err(BadToken);
                }
                let mut value = HeaderValue::from_str(&line).map_err(|_| BadToken)?;
                value.set_sensitive(true);
                headers.insert(AUTHORIZATION, value);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(authorization: &Authorization) -> Result<HeaderMap, BadToken> {
        let mut headers = HeaderMap::new();
        authorization.add(&Method::GET, "https://acme.okta.com/", &mut headers).map(|()| headers)
    }

    #[test]
    fn a_token_goes_as_ssws_and_is_not_shown() {
        let headers = added(&Authorization::ApiToken(Secret::new("00abc"))).unwrap();
        assert_eq!(headers[AUTHORIZATION], "SSWS 00abc");
        assert!(!format!("{headers:?}").contains("00abc"));
        assert!(added(&Authorization::Anonymous).unwrap().is_empty());
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_refused() {
        for bad in ["", "a b", "a\nb", "tökén"] {
            assert_eq!(added(&Authorization::ApiToken(Secret::new(bad))).unwrap_err(), BadToken);
        }
    }
}
