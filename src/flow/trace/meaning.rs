//! What each parameter, field and claim is: one short sentence with the clause that defines it. A table, nothing else.
//!
//! Section numbers are those of the documents named; `Okta` marks what is Okta's own.

use super::Place;

/// What `name` is where it stands; empty when it is not in the table.
pub fn of(place: Place, name: &str) -> &'static str {
    let table = match place {
        Place::JwtHeader => HEADER,
        Place::JwtClaims => CLAIMS,
        Place::Json => FIELDS,
        Place::Query | Place::Form | Place::Location | Place::Page => PARAMETERS,
    };
    let found = |table: &[(&str, &'static str)]| table.iter().find(|(n, _)| *n == name).map(|(_, m)| *m);
    found(table).or_else(|| found(PARAMETERS).filter(|_| place == Place::Json)).unwrap_or_default()
}

type Row = (&'static str, &'static str);

/// Of the authorization and token requests, and of the answer to the redirect URI.
const PARAMETERS: &[Row] = &[
    ("client_id", "Which client asks. Not a secret (RFC 6749 §2.2)."),
    ("client_secret", "Proves the client, sent in the body (RFC 6749 §2.3.1)."),
    ("response_type", "`code`: the answer is an authorization code (RFC 6749 §3.1.1)."),
    ("response_mode", "How the answer reaches the redirect URI (OAuth Multiple Response Types §2.1)."),
    ("redirect_uri", "Where the answer goes. Compared character by character (RFC 6749 §3.1.2.3)."),
    ("scope", "What is asked for, separated by spaces (RFC 6749 §3.3)."),
    ("state", "Comes back unchanged; binds the answer to this run (RFC 6749 §10.12). Okta demands it."),
    ("nonce", "Comes back inside the ID token; binds it to this run (OIDC Core §3.1.2.1)."),
    ("code_challenge", "SHA-256 of the verifier, Base64url (RFC 7636 §4.2)."),
    ("code_challenge_method", "`S256`: how the challenge was made. Okta takes no other (RFC 7636 §4.3)."),
    ("code_verifier", "The value whose hash was the challenge (RFC 7636 §4.5)."),
    ("prompt", "`none`: show no page; answer with a code or an error (OIDC Core §3.1.2.1)."),
    ("max_age", "Seconds since the person last signed in, at most (OIDC Core §3.1.2.1)."),
    ("login_hint", "Who is going to sign in (OIDC Core §3.1.2.1)."),
    ("acr_values", "How strongly the person must sign in (OIDC Core §3.1.2.1)."),
    ("sessionToken", "One-time token of primary authentication; lives five minutes (Okta)."),
    ("code", "The authorization code: used once, soon, with the verifier (RFC 6749 §4.1.2)."),
    ("iss", "Who answers: must equal the issuer (RFC 9207 §2)."),
    ("error", "Why it was refused, as a code (RFC 6749 §4.1.2.1, §5.2)."),
    ("error_description", "Why it was refused, in the server's words (RFC 6749 §4.1.2.1, §5.2)."),
    ("error_uri", "A page about the error (RFC 6749 §4.1.2.1, §5.2)."),
    ("grant_type", "What is exchanged for tokens (RFC 6749 §4.1.3, §6)."),
    ("refresh_token", "Gets new tokens without the person (RFC 6749 §1.5)."),
    ("token", "The token to revoke or to look up (RFC 7009 §2.1, RFC 7662 §2.1)."),
    ("token_type_hint", "What kind of token that is (RFC 7009 §2.1)."),
    ("id_token_hint", "Whose session ends (RP-Initiated Logout §2)."),
    ("post_logout_redirect_uri", "Where to go after signing out; has its own list (RP-Initiated Logout §2)."),
    ("resource", "The API the token is for (RFC 8707 §2). Okta may refuse it: leave it out."),
    ("fromURI", "Where Okta goes on after sign-in (Okta)."),
];

/// Of JSON answers: tokens, metadata, keys, userinfo, Okta's sign-in and errors.
const FIELDS: &[Row] = &[
    // token response
    ("access_token", "For the API, opaque to the client (RFC 6749 §1.4). Okta's org server: for Okta only."),
    ("token_type", "How to use the access token: `Bearer` (RFC 6749 §7.1)."),
    ("expires_in", "Seconds that the access token lives (RFC 6749 §5.1)."),
    ("refresh_token", "Gets new tokens without the person (RFC 6749 §1.5)."),
    ("scope", "What was granted; may be less than was asked for (RFC 6749 §5.1)."),
    ("id_token", "Who signed in, signed by the issuer (OIDC Core §2)."),
    // metadata
    ("issuer", "Who issues the tokens: must equal the issuer asked for (OIDC Discovery §4.3)."),
    ("authorization_endpoint", "Where the browser is sent (RFC 8414 §2)."),
    ("token_endpoint", "Where the code is exchanged (RFC 8414 §2)."),
    ("jwks_uri", "The public keys of the issuer (RFC 8414 §2)."),
    ("userinfo_endpoint", "Claims about the person, for an access token (OIDC Discovery §3)."),
    ("end_session_endpoint", "Where a person signs out (RP-Initiated Logout §2.1)."),
    ("introspection_endpoint", "Says whether a token is live (RFC 8414 §2)."),
    ("revocation_endpoint", "Ends a token (RFC 8414 §2)."),
    ("registration_endpoint", "Registers clients (RFC 8414 §2). Okta's needs an administrator."),
    ("scopes_supported", "Scopes that may be asked for; some may be left out (RFC 8414 §2)."),
    ("response_types_supported", "Answers that the authorization endpoint gives (RFC 8414 §2)."),
    ("grant_types_supported", "What the token endpoint exchanges (RFC 8414 §2)."),
    ("token_endpoint_auth_methods_supported", "How a client may prove itself (RFC 8414 §2)."),
    ("code_challenge_methods_supported", "PKCE methods (RFC 8414 §2)."),
    ("id_token_signing_alg_values_supported", "Signature algorithms of ID tokens (OIDC Discovery §3)."),
    (
        "authorization_response_iss_parameter_supported",
        "Whether `iss` comes with every answer (RFC 9207 §3).",
    ),
    // keys
    ("kid", "The name of the key (RFC 7517 §4.5)."),
    ("kty", "The family of the key (RFC 7517 §4.1)."),
    ("alg", "The algorithm the key is for (RFC 7517 §4.4)."),
    ("use", "`sig`: the key signs (RFC 7517 §4.2)."),
    ("n", "RSA modulus (RFC 7518 §6.3.1.1)."),
    ("e", "RSA exponent (RFC 7518 §6.3.1.2)."),
    // userinfo
    ("sub", "Who it is: must equal the ID token's (OIDC Core §5.3.2)."),
    ("name", "Full name (OIDC Core §5.1)."),
    ("email", "E-mail address (OIDC Core §5.1)."),
    ("email_verified", "Whether the address was checked (OIDC Core §5.1)."),
    ("preferred_username", "The login; not a stable key (OIDC Core §5.1, §5.7)."),
    // primary authentication
    ("status", "How far the sign-in is (Okta, primary authentication)."),
    ("sessionToken", "One-time token for /authorize; lives five minutes (Okta)."),
    ("stateToken", "Ties the steps of one sign-in together (Okta)."),
    ("expiresAt", "When this step ends (Okta)."),
    ("factorResult", "How the second factor went (Okta)."),
    ("factorType", "What kind of second factor (Okta)."),
    ("provider", "Whose factor it is (Okta)."),
    ("passCode", "The one-time code that was typed (Okta)."),
    ("username", "Who signs in (Okta)."),
    ("password", "Sent once, to Okta only (Okta)."),
    // Okta's error body
    ("errorCode", "Which error; the only field to decide by (Okta)."),
    ("errorSummary", "The error in Okta's words (Okta)."),
    ("errorId", "Names this very answer for Okta's support (Okta)."),
    // introspection
    ("active", "Whether the token is live (RFC 7662 §2.2)."),
];

/// Of a JWT's header.
const HEADER: &[Row] = &[
    ("alg", "How it is signed (RFC 7515 §4.1.1)."),
    ("kid", "Which key signed it (RFC 7515 §4.1.4)."),
    ("typ", "What kind of token it is (RFC 7515 §4.1.9)."),
];

/// Of a JWT's claims.
const CLAIMS: &[Row] = &[
    ("iss", "Who issued it (RFC 7519 §4.1.1)."),
    ("sub", "Who it is about. Okta's access tokens: the login (RFC 7519 §4.1.2)."),
    ("aud", "Who it is for: the client of an ID token, the API of an access token (RFC 7519 §4.1.3)."),
    ("azp", "The client it was issued to (OIDC Core §2)."),
    ("exp", "Not valid from this second on, since 1970 (RFC 7519 §4.1.4)."),
    ("nbf", "Not valid before this second (RFC 7519 §4.1.5)."),
    ("iat", "When it was issued (RFC 7519 §4.1.6)."),
    ("jti", "Its own name (RFC 7519 §4.1.7)."),
    ("nonce", "The value sent with the authorization request (OIDC Core §2)."),
    ("at_hash", "Ties it to the access token beside it (OIDC Core §3.1.3.6)."),
    ("c_hash", "Ties it to the code beside it (OIDC Core §3.3.2.11)."),
    ("auth_time", "When the person signed in (OIDC Core §2)."),
    ("amr", "How the person signed in: `pwd`, `otp`, `mfa` (RFC 8176 §2)."),
    ("acr", "How strong that was (OIDC Core §2)."),
    ("sid", "The session at the issuer (OIDC Front-Channel Logout §3)."),
    ("ver", "Version of the token's layout (Okta)."),
    ("idp", "Which identity provider signed the person in (Okta)."),
    ("cid", "The client it was issued to (Okta)."),
    ("uid", "The person's id (Okta)."),
    ("scp", "The scopes granted (Okta)."),
    ("name", "Full name (OIDC Core §5.1)."),
    ("email", "E-mail address (OIDC Core §5.1)."),
    ("email_verified", "Whether the address was checked (OIDC Core §5.1)."),
    ("preferred_username", "The login; not a stable key (OIDC Core §5.1, §5.7)."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_means_different_things_in_different_places() {
        assert!(of(Place::Location, "iss").contains("RFC 9207"));
        assert!(of(Place::JwtClaims, "iss").contains("RFC 7519"));
        assert!(of(Place::JwtHeader, "alg").contains("RFC 7515"));
        assert!(of(Place::Json, "error").contains("RFC 6749"));
        assert_eq!(of(Place::Query, "no_such_thing"), "");
    }

    #[test]
    fn every_row_is_a_sentence_with_its_source_and_stands_once() {
        for table in [PARAMETERS, FIELDS, HEADER, CLAIMS] {
            for (index, (name, meaning)) in table.iter().enumerate() {
                assert!(meaning.ends_with('.') && meaning.contains(['(', '§']), "{name}");
                assert!(meaning.chars().count() <= 100, "{name}: {meaning}");
                assert!(table.iter().skip(index + 1).all(|(other, _)| other != name), "{name} twice");
            }
        }
    }
}
