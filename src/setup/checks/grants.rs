//! Step 2: grant types, refresh tokens, client authentication, PKCE.

use super::super::{Check, Edit, Field, Setup, Severity};
use super::otherwise_ok;
use crate::okta::model::{ClientAuthentication, RefreshRotation};
use crate::secret::Secret;
use Severity::{Fail, Info, Ok, Warn};

pub(super) fn check(setup: &Setup, out: &mut Vec<Check>) {
    refresh(setup, out);
    authentication(setup.app.client_authentication, out);
    otherwise_ok(
        out,
        "client-authentication",
        Field::ClientAuthentication,
        "The gateway proves itself with the client secret.",
    );
    if setup.app.pkce_required {
        out.push(
            Check::new(
                "pkce-required",
                Field::PkceRequired,
                Warn,
                "Okta refuses every sign-in without PKCE. Whether the gateway sends it is not \
                known.",
            )
            .why(
                "Okta checks a code challenge that is sent in either case (RFC 7636 \
                    §4.6); required only means that none may be missing.",
            )
            .fix("do not require PKCE", Edit::SetPkceRequired(false)),
        );
    }
    otherwise_ok(
        out,
        "pkce",
        Field::PkceRequired,
        "A code challenge is checked where the gateway sends one.",
    );
}

fn refresh(setup: &Setup, out: &mut Vec<Check>) {
    let grants = &setup.grants;
    let asked = setup.authorization_server.scopes.iter().any(|s| s == "offline_access");
    match (grants.refresh_token, asked) {
        (true, false) => out.push(
            Check::new(
                "offline-access",
                Field::RefreshToken,
                Warn,
                "People sign in again when the access token ends (an hour by default) \
                    unless the gateway adds offline_access itself.",
            )
            .why(
                "Okta issues a refresh token only when the grant is on and offline_access is \
                asked for (OpenID Connect Core §11). Whether the gateway adds that scope is \
                not known; its guide lists email, profile and openid.",
            )
            .fix("add the scope offline_access", Edit::AddScope("offline_access".into())),
        ),
        (false, true) => out.push(
            Check::new(
                "offline-access-without-grant",
                Field::RefreshToken,
                Warn,
                "The scope offline_access is asked for and the Refresh Token grant is \
                    off: no refresh token will come, and Okta may refuse the request.",
            )
            .why(
                "Okta wants both (OpenID Connect Core §11). What it answers when the grant is \
                off is not documented.",
            )
            .fix("turn the Refresh Token grant on", Edit::SetRefreshToken(true)),
        ),
        (false, false) => out.push(Check::new(
            "refresh-token-off",
            Field::RefreshToken,
            Info,
            "Without Refresh Token people sign in again when the access token ends, after \
                an hour by default.",
        )),
        (true, true) => out.push(Check::new(
            "refresh-token",
            Field::RefreshToken,
            Ok,
            "The gateway can renew access without asking people again.",
        )),
    }
    let seconds = grants.refresh_leeway_seconds;
    if seconds > 60 {
        out.push(
            Check::new(
                "refresh-leeway",
                Field::RefreshLeeway,
                Fail,
                format!("{seconds} seconds: Okta takes 0 to 60."),
            )
            .fix("set 60 seconds", Edit::SetRefreshLeeway(60)),
        );
    } else if seconds > 0 && grants.refresh_rotation == RefreshRotation::Static {
        let sentence = "These seconds count only when refresh tokens rotate.";
        out.push(Check::new("refresh-leeway-unused", Field::RefreshLeeway, Info, sentence));
    } else if seconds == 0 && grants.refresh_token && grants.refresh_rotation == RefreshRotation::Rotate {
        out.push(
            Check::new(
                "refresh-leeway-none",
                Field::RefreshLeeway,
                Info,
                "With no grace, an answer that is lost on the way costs a sign-in: the old \
                refresh token is dead, and using it revokes the new one.",
            )
            .why("Reuse detection, RFC 9700 §4.14.2. Okta's own default is 30 seconds.")
            .fix("set 30 seconds", Edit::SetRefreshLeeway(30)),
        );
    }
}

fn authentication(method: ClientAuthentication, out: &mut Vec<Check>) {
    let check =
        |rule, severity, sentence: &str| Check::new(rule, Field::ClientAuthentication, severity, sentence);
    let basic = Edit::SetClientAuthentication(ClientAuthentication::ClientSecretBasic);
    let found = match method {
        ClientAuthentication::ClientSecretBasic => return,
        ClientAuthentication::ClientSecretPost => {
            let sentence = "Right only if the gateway sends its secret in the form body: Okta refuses \
                any other method than this one.";
            return out.push(check("client-secret-post", Info, sentence));
        }
        ClientAuthentication::ClientSecretJwt => check(
            "client-secret-jwt",
            Warn,
            "The gateway would have to sign a JWT with the secret. Its form does not say that it can.",
        ),
        ClientAuthentication::PrivateKeyJwt => check(
            "private-key-jwt",
            Warn,
            "The app has no secret then, and the gateway's form asks for one. An existing \
                app loses its secrets.",
        ),
        ClientAuthentication::None => check(
            "authentication-none",
            Fail,
            "A web application has a client secret: without one anybody could redeem its codes.",
        )
        .why("RFC 6749 §2.1, §3.2.1: none is for public clients. Okta would require PKCE as well."),
    };
    out.push(found.fix("use client_secret_basic", basic));
}

/// What Okta would refuse in a client secret that is not made by Okta; `None` when it takes it. Never repeats the value.
///
/// 14 to 100 printable ASCII characters, at least 32 for `client_secret_jwt` (Okta management API, OAuth client credentials).
pub fn client_secret_problem(secret: &Secret, method: ClientAuthentication) -> Option<String> {
    let least = if method == ClientAuthentication::ClientSecretJwt { 32 } else { 14 };
    let length = secret.chars();
    if method == ClientAuthentication::PrivateKeyJwt || method == ClientAuthentication::None {
        Some(format!("An app with {} has no secret.", method.as_str()))
    } else if length < least {
        Some(format!("The secret has {length} characters: Okta takes {least} to 100."))
    } else if length > 100 {
        Some(format!("The secret has {length} characters: Okta takes at most 100."))
    } else if !secret.expose().chars().all(|c| matches!(c, ' '..='~')) {
        Some(
            "The secret has a character that is not printable ASCII. A line break from a paste is one."
                .to_owned(),
        )
    } else {
        None
    }
}
