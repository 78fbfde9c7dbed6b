//! Why there is no access token for the management API, as a value that screens and reports can hold.

use crate::text::Clean;
use serde::{Deserialize, Serialize};

/// The org server gave no access token. `Display` is one sentence with Okta's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}{}", fault.words(), self.in_oktas_words())]
pub struct TokenProblem {
    /// What is wrong, as far as it can be told.
    pub fault: TokenFault,
    /// HTTP status; 0 where nothing was sent.
    pub status: u16,
    /// `error` (RFC 6749 §5.2), or `errorCode` of Okta's envelope.
    pub code: Clean,
    /// `error_description`, or `errorSummary`.
    pub said: Clean,
    /// Header `X-Okta-Request-Id`, for Okta's support and the System Log.
    pub request_id: Option<Clean>,
}

/// Kinds of refusal, each with a help of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenFault {
    /// There is no such client, or its app is deactivated.
    UnknownClient,
    /// The assertion's times are not the server's: expired, from the future, or too far ahead.
    Clock,
    /// The server knows no key of that `kid`.
    Kid,
    /// The signature is not made with a registered key.
    Signature,
    /// The app has no public key.
    NoKeys,
    /// The assertion's audience is not the token endpoint: a custom domain, or a proxy in between.
    Audience,
    /// The app proves itself in another way than by `private_key_jwt`.
    Method,
    /// The app is not of the type that the grant is for.
    AppType,
    /// None of the scopes is granted to the app.
    NotGranted,
    /// A scope that this org does not know.
    UnknownScope,
    /// The app wants tokens bound to a key (DPoP, RFC 9449).
    Dpop,
    /// The refresh token, and with it the person's sign-in, is no longer good.
    SignInEnded,
    /// There was no refresh token, and the access token has run out.
    NoRefreshToken,
    /// The person said no on the page with the code.
    Denied,
    /// Nobody entered the code in time.
    CodeExpired,
    /// Too many codes were asked for.
    TooManyCodes,
    /// Anything else; Okta's words tell.
    Other,
}

impl TokenFault {
    /// What happened, without a full stop.
    pub fn words(self) -> &'static str {
        match self {
            Self::UnknownClient => "this org has no active app with that client id",
            Self::Clock => {
                "Okta does not take the times in the assertion, although they were set by its own clock"
            }
            Self::Kid => "the app has no public key with the id that the assertion names",
            Self::Signature => "the private key does not belong to a public key of the app",
            Self::NoKeys => "the app has no public key",
            Self::Audience => "Okta does not know itself by the address that the assertion is for",
            Self::Method => "the app does not prove itself by a private key",
            Self::AppType => "the app is not of the type that this way to sign in is for",
            Self::NotGranted => "none of the scopes asked for is granted to the app",
            Self::UnknownScope => "the org does not know a scope that was asked for",
            Self::Dpop => "the app demands proof of possession (DPoP), which oktui does not do",
            Self::SignInEnded => "the sign-in has ended: Okta no longer takes the refresh token",
            Self::NoRefreshToken => "the access token has run out, and Okta gave no refresh token with it",
            Self::Denied => "the sign-in was refused on Okta's page",
            Self::CodeExpired => "the code has run out before anybody entered it",
            Self::TooManyCodes => "too many codes were asked for",
            Self::Other => "Okta gave no access token",
        }
    }

    /// What helps, in a sentence or two.
    pub fn help(self) -> &'static str {
        match self {
            Self::UnknownClient => {
                "Compare the client id with the app's General tab in Okta, and see that the app is active and in this org."
            }
            Self::Clock => {
                "Set this machine's clock (timedatectl set-ntp true), and look for a proxy that changes the Date header."
            }
            Self::Kid => {
                "Give the key's id as Okta shows it (App > General > Public keys) with --kid, or register the public JWK that oktui login new-key printed."
            }
            Self::Signature | Self::NoKeys => {
                "Paste the public JWK of this key into the app in Okta: General > Client Credentials > Public key / Private key > Add key."
            }
            Self::Audience => "Connect with the org's own URL (https://NAME.okta.com), not a custom domain.",
            Self::Method => {
                "In Okta, set the app's client authentication to Public key / Private key. Okta then deletes the client secrets of the app: use an app of its own."
            }
            Self::AppType => {
                "A service app is an API Services app; a device code needs a Native app with the grant Device Authorization. Make one of that type."
            }
            Self::NotGranted => {
                "A Super Admin grants them in Okta: the app > Okta API Scopes. oktui login lists which."
            }
            Self::UnknownScope => {
                "The org may lack the feature behind it. Grant the app the scopes that oktui login lists, and leave out what the org does not have."
            }
            Self::Dpop => {
                "In Okta, clear the app's General > Require Demonstrating Proof of Possession (DPoP) header in token requests, or connect with an API token."
            }
            Self::SignInEnded | Self::NoRefreshToken => {
                "Sign in again. An app without the grant Refresh Token gives an hour at a time. Nothing of your work is lost."
            }
            Self::Denied => "Sign in again, and choose Allow. The person has to be assigned to the app.",
            Self::CodeExpired => "Sign in again for a new code; it is good for ten minutes.",
            Self::TooManyCodes => "Wait some minutes before you ask for another.",
            Self::Other => "Okta's words above tell why; the System Log has more under the request id.",
        }
    }
}

impl TokenProblem {
    /// A problem of that kind, about which Okta has said nothing.
    pub fn of(fault: TokenFault) -> Self {
        Self { fault, status: 0, code: Clean::default(), said: Clean::default(), request_id: None }
    }

    fn in_oktas_words(&self) -> String {
        match (self.code.as_str(), self.said.as_str()) {
            ("", "") => String::new(),
            (code, "") => format!(" (Okta says {} {code})", self.status),
            (code, said) => format!(" (Okta says {} {code}: {said})", self.status),
        }
    }
}
