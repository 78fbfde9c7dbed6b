//! Refusals of the token request (RFC 6749 §5.2, RFC 9449, RFC 8707 §2), in Okta's words. Also for a refresh.

use super::{RULE_FIX, Row, row};

const START_AGAIN: &str = "Start again: a code is good once and for a short time.";

/// In order: the first that fits is taken. The second field is looked for in the description, in lower case.
pub(super) const ROWS: &[Row] = &[
    // ── token (RFC 6749 §5.2) ──
    row(
        "invalid_client",
        "client_id",
        "Okta does not know this client.",
        "The client ID is wrong or belongs to another org or server.",
        &["Gateway: compare the client ID and the host of the token URL with the app's."],
    ),
    row(
        "invalid_client",
        "client secret",
        "Okta refused the client secret.",
        "The client ID is known; the secret is not one of its active ones.",
        &[
            "Gateway: paste the secret again, without blanks around it.",
            "Okta: see which secret is active; it may have been rotated.",
        ],
    ),
    row(
        "invalid_client",
        "no client credentials",
        "No client secret was sent.",
        "The app is confidential and must prove itself.",
        &["Gateway: set the client secret."],
    ),
    row(
        "invalid_client",
        "auth",
        "The client did not prove itself in the way that the app demands.",
        "Secret or method is wrong: the app takes the secret either in a header (client_secret_basic) or in the body (client_secret_post).",
        &[
            "Okta: compare the app's client authentication with the gateway's.",
            "Gateway: paste the secret again.",
        ],
    ),
    row(
        "invalid_client",
        "",
        "Okta refused the client.",
        "Client ID, secret or method is wrong.",
        &["Gateway: paste client ID and secret again.", "Okta: see which secret is active."],
    ),
    row(
        "invalid_grant",
        "pkce",
        "The verifier does not fit the challenge.",
        "The code was asked for with another challenge: two runs were mixed up.",
        &[START_AGAIN],
    ),
    row(
        "invalid_grant",
        "redirect",
        "The redirect URI differs from that of the authorization request.",
        "Both requests must send the same characters.",
        &["Gateway: send the same redirect URI at both steps."],
    ),
    row(
        "invalid_grant",
        "refresh token",
        "The refresh token is no longer good.",
        "It was revoked, used after rotation, or has expired.",
        &["Sign in again."],
    ),
    // Okta's catalogue has user_rate_limited as an invalid_grant; its description is not in the references.
    row(
        "invalid_grant",
        "rate limit",
        "Okta's rate limit for this person was reached.",
        "Nothing was judged.",
        &["Wait a minute, then run again."],
    ),
    row(
        "invalid_grant",
        "",
        "The code is no longer good.",
        "It was used before, has expired, or belongs to another client or redirect URI.",
        &[START_AGAIN],
    ),
    row(
        "unauthorized_client",
        "",
        "The grant is not switched on for this app.",
        "The app's grant types lack the one used here.",
        &["Okta: tick the grant type in the app."],
    ),
    row(
        "unsupported_grant_type",
        "",
        "The server does not take this grant.",
        "It is unknown or switched off.",
        &["Okta: tick the grant type in the app and in the rule."],
    ),
    row(
        "invalid_scope",
        "",
        "A scope is wider than what was granted.",
        "At this step nothing can be added.",
        &["Gateway: ask for the scope at /authorize."],
    ),
    row(
        "access_denied",
        "network zone",
        "Okta refused this address.",
        "The client may be used only from certain networks.",
        &["Okta: look at the network zones of the app or the org."],
    ),
    row(
        "access_denied",
        "",
        "A policy refused at the token endpoint.",
        "No rule covers the grant, the person and every scope.",
        &[RULE_FIX],
    ),
    row(
        "invalid_dpop_proof",
        "",
        "The app demands DPoP, which the gateway does not send.",
        "Tokens would be bound to a key of the client.",
        &["Okta: switch off Require DPoP in the app."],
    ),
    row(
        "use_dpop_nonce",
        "",
        "The app demands DPoP, which the gateway does not send.",
        "Tokens would be bound to a key of the client.",
        &["Okta: switch off Require DPoP in the app."],
    ),
    row(
        "invalid_target",
        "",
        "Okta refused the parameter resource.",
        "Okta's servers have one audience each.",
        &["Gateway: leave resource out."],
    ),
    row(
        "invalid_request",
        "multiple",
        "The client proved itself in two ways at once.",
        "One method a request (RFC 6749 §2.3).",
        &["Gateway: send the secret in the header or in the body, not in both."],
    ),
    row(
        "invalid_request",
        "",
        "The token request is malformed.",
        "A parameter is missing or malformed: the redirect URI and a verifier of at least 43 characters belong to it.",
        &["Gateway: compare the request on this hop with its documentation."],
    ),
    row(
        "404",
        "",
        "There is no token endpoint at this address.",
        "The server's id in the URL is wrong, or the server is inactive.",
        &["Gateway: authorization URL and token URL must be of one server."],
    ),
    row(
        "server_error",
        "",
        "Okta could not make the token.",
        "Something failed inside Okta: often a claim of the server that cannot be computed for this person.",
        &["Okta: try the server's Token Preview for this person; the System Log names the claim."],
    ),
    row(
        "temporarily_unavailable",
        "",
        "Okta is not available now.",
        "Okta is overloaded or in maintenance.",
        &["Try again later; look at Okta's status page."],
    ),
];
