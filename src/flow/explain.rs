//! What a refusal means: one table, from a step and the server's own error to a headline, what it means here, and what helps.
//!
//! Pure. The rows are those of RFC 6749 §4.1.2.1 and §5.2, OIDC Core §3.1.2.6, RFC 6750 §3.1, RFC 8707 §2, RFC 9449, and of
//! Okta's error catalogues. `says` is looked for in the server's description without regard to case: Okta's codes are coarse,
//! and its descriptions tell the cases apart. Okta may change a description, so the row without one always follows.

use super::trace::{Exchange, Leg, RunVerdict, Step, Trace, Verdict, Way};

/// A refusal in the server's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// `error`, `errorCode`, or the `status` of a sign-in that did not succeed; empty when the answer has none.
    pub code: String,
    /// `error_description` or `errorSummary`; empty when the answer has none.
    pub words: String,
}

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    step: Step,
    code: &'static str,
    says: &'static str,
    /// In a sentence: what happened.
    pub headline: &'static str,
    /// What it means here.
    pub meaning: &'static str,
    /// What helps, one line each. `Okta:` and `Gateway:` say where.
    pub fixes: &'static [&'static str],
}

impl Refusal {
    /// Reads it back from a recorded exchange.
    pub fn of(exchange: &Exchange) -> Self {
        let value = |names: &[&str]| {
            let found = exchange.received.iter().find(|p| names.contains(&p.name.as_str()));
            found.map(|p| p.value.masked()).unwrap_or_default()
        };
        let code = value(&["error", "errorCode"]);
        let bearer = exchange.response_headers.iter().find(|(name, _)| name.as_str() == "www-authenticate");
        match bearer.map(|(_, value)| value.masked()) {
            Some(challenge) if code.is_empty() => {
                let part = |name: &str| challenge_part(&challenge, name).unwrap_or_default();
                Self { status: exchange.status, code: part("error"), words: part("error_description") }
            }
            _ => Self {
                status: exchange.status,
                code: if code.is_empty() { value(&["status"]) } else { code },
                words: value(&["error_description", "errorSummary"]),
            },
        }
    }

    /// What the table says about it at this step.
    pub fn row(&self, step: Step) -> Option<&'static Row> {
        let words = self.words.to_lowercase();
        let status = match self.status {
            Some(429) => "429",
            Some(500..=599) => "5xx",
            Some(404) => "404",
            _ => "",
        };
        let fits = |row: &&Row, step: Step| {
            let code = if row.code.is_empty() { false } else { row.code == self.code || row.code == status };
            row.step == step && code && words.contains(row.says)
        };
        let find = |step: Step| ROWS.iter().find(|row| fits(row, step));
        find(step)
            .or_else(|| if step == Step::Refresh { find(Step::Token) } else { None })
            .or_else(|| ANYWHERE.iter().find(|row| row.code == status || row.code == self.code))
    }

    /// The lines of a hop's *Why*: the server's words, then what they mean here, then what helps.
    pub fn why(&self, step: Step) -> Vec<String> {
        let mut lines = vec![self.quoted()];
        if let Some(row) = self.row(step) {
            lines.push(row.headline.to_owned());
            lines.push(row.meaning.to_owned());
            lines.extend(row.fixes.iter().map(|fix| (*fix).to_owned()));
        }
        lines
    }

    /// The server's own words: `Okta answered 401 invalid_client: "The client secret …"`.
    pub fn quoted(&self) -> String {
        let status = self.status.map_or_else(String::new, |status| format!(" {status}"));
        let code = if self.code.is_empty() { String::new() } else { format!(" {}", self.code) };
        let words = if self.words.is_empty() { ".".to_owned() } else { format!(": \"{}\"", self.words) };
        format!("Okta answered{status}{code}{words}")
    }
}

/// A parameter of a `WWW-Authenticate` challenge (RFC 6750 §3).
pub fn challenge_part(challenge: &str, name: &str) -> Option<String> {
    let start = challenge.match_indices(name).find(|(at, _)| {
        let before = challenge.get(..*at).and_then(|s| s.chars().next_back());
        let after = challenge.get(at + name.len()..).unwrap_or_default();
        !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') && after.starts_with('=')
    })?;
    let value = challenge.get(start.0 + name.len() + 1..)?;
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split(',').next(),
    };
    value.map(|v| v.trim().to_owned())
}

/// Why the run failed, from its trace: the first hop that failed decides. `None` when none did.
pub fn explain(trace: &Trace) -> Option<RunVerdict> {
    let hop = trace.hops.iter().find(|hop| hop.verdict == Verdict::Fail)?;
    let fixes = |list: &[&str]| list.iter().map(|fix| (*fix).to_owned()).collect();
    let failed = |headline: &str, list: Vec<String>| {
        Some(RunVerdict::Failed {
            leg: Leg::GatewayToOkta,
            step: Some(hop.step),
            headline: headline.to_owned(),
            fixes: list,
        })
    };
    if let Some(trouble) = hop.exchange.as_ref().and_then(|e| e.trouble.as_ref()) {
        return Some(RunVerdict::Failed {
            leg: Leg::Network,
            step: Some(hop.step),
            headline: format!("No answer: {trouble}"),
            fixes: vec![
                "Look at the network between this machine and the server: name, proxy, certificate.".into(),
            ],
        });
    }
    if let Some(check) = hop.checks.iter().find(|check| check.verdict == Verdict::Fail) {
        let row = CHECKS.iter().find(|(name, _)| *name == check.name);
        return failed(&format!("{}: {}", check.name, check.sentence), fixes(row.map_or(&[], |(_, f)| f)));
    }
    let Some(exchange) = &hop.exchange else {
        return failed(hop.why.first().map_or("This step failed.", String::as_str), fixes(&[]));
    };
    let refusal = Refusal::of(exchange);
    if refusal.code == "login_required" && trace.way == Way::Terminal {
        return failed(STEP_UP.headline, fixes(STEP_UP.fixes));
    }
    match refusal.row(hop.step) {
        Some(row) => failed(row.headline, fixes(row.fixes)),
        None if refusal.code.is_empty() => failed(
            hop.why.first().map_or("Okta gave an answer that oktui does not know.", String::as_str),
            fixes(&[]),
        ),
        None => failed(&refusal.quoted(), fixes(&["Okta: look for this error in the System Log."])),
    }
}

/// `login_required` after the password was accepted: no session is missing, its strength is.
pub const STEP_UP: Row = Row {
    step: Step::Authorize,
    code: "login_required",
    says: "",
    headline: "The password was accepted, but Okta wants more for this app.",
    meaning: "The app's sign-in policy wants a second factor or a fresh sign-in. This way makes a session with one factor and cannot add another at /authorize.",
    fixes: &[
        "Okta: look at the rule of the app's sign-in policy that matches this person.",
        "Sign in with a browser to test this person: this result says nothing about that way.",
    ],
};

const fn row(
    step: Step,
    code: &'static str,
    says: &'static str,
    headline: &'static str,
    meaning: &'static str,
    fixes: &'static [&'static str],
) -> Row {
    Row { step, code, says, headline, meaning, fixes }
}

use Step::{Authorize, SignIn, Token, Use};

const RULE_FIX: &str = "Okta: give the authorization server an access policy with a rule that covers this client, person, grant and every scope.";
const START_AGAIN: &str = "Start again: a code is good once and for a short time.";

/// Rows in order: the first that fits is taken. `says` is in lower case.
const ROWS: &[Row] = &[
    // ── authorize: shown by Okta itself (RFC 6749 §4.1.2.1) ──
    row(
        Authorize,
        "invalid_request",
        "redirect_uri",
        "Okta does not know this redirect URI for this client.",
        "It is not in the app's sign-in redirect URIs, differs from one by a character, or stands in the sign-out list. Okta showed a page and sent nothing to the gateway.",
        &[
            "Okta: add the exact redirect URI to Sign-in redirect URIs of the app.",
            "Gateway: compare its redirect URI with the app's, character by character.",
        ],
    ),
    row(
        Authorize,
        "invalid_client",
        "",
        "Okta does not know this client.",
        "The client ID is wrong, belongs to another org, or its app is inactive or deleted.",
        &[
            "Gateway: compare the client ID and the host of the authorization URL with the app's.",
            "Okta: activate the app.",
        ],
    ),
    row(
        Authorize,
        "404",
        "",
        "There is no such authorization server.",
        "The server's id in the URL is wrong, or the org has no custom servers (API Access Management), or the server is inactive.",
        &[
            "Gateway: use the org server's URLs (/oauth2/v1/…), or those of a server that exists.",
            "Okta: Security, API shows the authorization servers.",
        ],
    ),
    // ── authorize: sent to the redirect URI ──
    row(
        Authorize,
        "access_denied",
        "not assigned",
        "This person is not assigned to the app.",
        "The password was right; Okta gives nobody a code for an app they are not assigned to.",
        &["Okta: assign the person, or a group they are in, to the app."],
    ),
    row(
        Authorize,
        "access_denied",
        "policy evaluation failed",
        "No access policy of the authorization server lets this client in.",
        "No policy covers the client, or no rule of it covers the person, the grant and every scope together.",
        &[RULE_FIX],
    ),
    row(
        Authorize,
        "access_denied",
        "policy evaluation succeeded",
        "The matching rule allows none of these scopes.",
        "A rule matched, and every scope asked for was left out of it.",
        &[RULE_FIX],
    ),
    row(
        Authorize,
        "access_denied",
        "scopes",
        "The matching rule denies some of these scopes.",
        "A rule must cover every scope asked for.",
        &[RULE_FIX],
    ),
    row(
        Authorize,
        "access_denied",
        "",
        "Okta refused access.",
        "The person said no, or a sign-on policy refused.",
        &["Okta: the System Log names the policy and the rule."],
    ),
    row(
        Authorize,
        "invalid_scope",
        "custom scopes",
        "The org server takes no custom scopes.",
        "Only a custom authorization server has scopes of its own.",
        &["Gateway: use the URLs of a custom authorization server, or leave the custom scopes out."],
    ),
    row(
        Authorize,
        "invalid_scope",
        "openid",
        "The scope openid is missing.",
        "The other scopes need it.",
        &["Gateway: add openid to the scopes."],
    ),
    row(
        Authorize,
        "invalid_scope",
        "no scopes",
        "No scope was asked for.",
        "Okta wants at least one.",
        &["Gateway: add openid to the scopes."],
    ),
    row(
        Authorize,
        "invalid_scope",
        "",
        "The authorization server does not know one of these scopes.",
        "A scope is misspelt, is separated by a comma instead of a space, or does not exist on this server.",
        &[
            "Gateway: compare the scopes with the server's, name by name.",
            "Okta: add the scope to the authorization server.",
        ],
    ),
    row(
        Authorize,
        "unauthorized_client",
        "custom authorization server",
        "This client may use the org server only.",
        "Okta does not let this app use a custom authorization server.",
        &["Gateway: use the org server's URLs (/oauth2/v1/…)."],
    ),
    row(
        Authorize,
        "unauthorized_client",
        "",
        "The grant is not switched on for this app.",
        "The app's grant types lack what was asked for.",
        &["Okta: tick Authorization Code among the app's grant types."],
    ),
    row(
        Authorize,
        "unsupported_response_type",
        "",
        "This app does not answer with a code.",
        "The response type is not one that the app is set up for.",
        &["Okta: tick Authorization Code among the app's grant types.", "Gateway: send response_type=code."],
    ),
    row(
        Authorize,
        "unsupported_response_mode",
        "",
        "Okta does not answer in this way.",
        "The response mode asked for is not one of this server's.",
        &["Gateway: leave response_mode out."],
    ),
    row(
        Authorize,
        "invalid_request",
        "pkce",
        "PKCE was not as this app demands.",
        "The app requires a code challenge, or the challenge was malformed. Okta takes S256 only.",
        &[
            "Gateway: send a code challenge with S256.",
            "Okta: switch off Require PKCE, if the gateway cannot.",
        ],
    ),
    row(
        Authorize,
        "invalid_request",
        "code_challenge",
        "The code challenge was refused.",
        "Okta takes S256 only, 43 characters without padding.",
        &["Gateway: send a code challenge with S256."],
    ),
    row(
        Authorize,
        "invalid_request",
        "state",
        "The state was refused.",
        "Okta demands one, of letters, digits, comma, dot, underscore and hyphen.",
        &["Gateway: send a state of these characters."],
    ),
    row(
        Authorize,
        "invalid_request",
        "",
        "The authorization request is malformed.",
        "A parameter is missing, doubled or malformed.",
        &["Gateway: compare the request on this hop with its documentation."],
    ),
    row(
        Authorize,
        "login_required",
        "",
        "Nobody is signed in.",
        "prompt=none was sent, and there is no session that is good enough.",
        &["Sign in, then try again."],
    ),
    row(
        Authorize,
        "interaction_required",
        "",
        "Okta wants to ask the person something.",
        "prompt=none was sent, so no page could be shown.",
        &["Sign in with a browser."],
    ),
    row(
        Authorize,
        "consent_required",
        "",
        "The person has to consent to the scopes.",
        "prompt=none was sent, so the consent page could not be shown.",
        &["Okta: set the scope's consent to Implicit, or let people consent in a browser."],
    ),
    row(
        Authorize,
        "account_selection_required",
        "",
        "The person has to choose an account.",
        "prompt=none was sent, so the page could not be shown.",
        &["Sign in with a browser."],
    ),
    row(
        Authorize,
        "invalid_target",
        "",
        "Okta refused the parameter resource.",
        "Okta's servers have one audience each and need no resource.",
        &["Gateway: leave resource out."],
    ),
    row(
        Authorize,
        "invalid_request_uri",
        "",
        "The request_uri was refused.",
        "Nothing stands there, or it has expired.",
        &["Gateway: send the parameters themselves."],
    ),
    row(
        Authorize,
        "invalid_request_object",
        "",
        "The request object was refused.",
        "It is not signed or not formed as the app demands.",
        &["Gateway: send the parameters themselves."],
    ),
    row(
        Authorize,
        "request_not_supported",
        "",
        "Request objects are not supported.",
        "The server does not take the parameter request.",
        &["Gateway: send the parameters themselves."],
    ),
    row(
        Authorize,
        "request_uri_not_supported",
        "",
        "request_uri is not supported.",
        "The server does not take this parameter.",
        &["Gateway: send the parameters themselves."],
    ),
    row(
        Authorize,
        "registration_not_supported",
        "",
        "registration is not supported.",
        "The server does not take this parameter.",
        &["Gateway: leave it out."],
    ),
    row(
        Authorize,
        "server_error",
        "",
        "Okta failed.",
        "Something went wrong inside Okta.",
        &["Try again; look at Okta's status page."],
    ),
    row(
        Authorize,
        "temporarily_unavailable",
        "",
        "Okta is not available now.",
        "Okta is overloaded or in maintenance.",
        &["Try again later; look at Okta's status page."],
    ),
    row(
        Authorize,
        "sign-in-page",
        "",
        "Okta wants to show its sign-in page.",
        "The request was accepted so far, but there is no session behind it: the session token was used up, had expired, or belongs to another host.",
        &["Run again; if it stays so, compare the org's URL with the issuer's host."],
    ),
    // ── sign-in: primary authentication (Okta) ──
    row(
        SignIn,
        "E0000004",
        "",
        "Okta refused the sign-in.",
        "The password is wrong, or the account is locked, suspended or not active yet, or a policy refused: Okta does not say which. This was one of the person's attempts.",
        &[
            "Check the person and the password before another try: several in a row lock the account.",
            "Okta: the person's status, and user.session.start in the System Log, tell the reason.",
        ],
    ),
    row(
        SignIn,
        "E0000207",
        "",
        "Okta refused the sign-in.",
        "The name or the password is wrong, or the account may not sign in. This was one of the person's attempts.",
        &["Check the person and the password before another try: several in a row lock the account."],
    ),
    row(
        SignIn,
        "LOCKED_OUT",
        "",
        "The account is locked.",
        "Too many wrong attempts.",
        &["Okta: unlock the person, or let them unlock the account themselves."],
    ),
    row(
        SignIn,
        "E0000069",
        "",
        "The account is locked.",
        "Too many wrong attempts.",
        &["Okta: unlock the person."],
    ),
    row(
        SignIn,
        "E0000119",
        "",
        "The account is locked.",
        "Too many wrong attempts.",
        &["Okta: unlock the person."],
    ),
    row(
        SignIn,
        "PASSWORD_EXPIRED",
        "",
        "The password has expired.",
        "It was right, but must be changed before anything else.",
        &["Let the person sign in with a browser and choose a new password."],
    ),
    row(
        SignIn,
        "PASSWORD_RESET",
        "",
        "The password has to be set anew.",
        "An administrator reset it.",
        &["Let the person sign in with a browser and choose a new password."],
    ),
    row(
        SignIn,
        "PASSWORD_WARN",
        "",
        "The password is about to expire.",
        "Okta wants to show a warning first.",
        &["Let the person sign in with a browser once."],
    ),
    row(
        SignIn,
        "MFA_ENROLL",
        "",
        "The person has to enrol a second factor first.",
        "A policy demands a factor that the person does not have yet.",
        &["Let the person sign in with a browser and enrol."],
    ),
    row(
        SignIn,
        "MFA_ENROLL_ACTIVATE",
        "",
        "The person has not finished enrolling a factor.",
        "The factor waits to be activated.",
        &["Let the person sign in with a browser and finish."],
    ),
    row(
        SignIn,
        "MFA_REQUIRED",
        "",
        "Okta wants a second factor that cannot be given here.",
        "Of the person's factors none is a one-time code to type.",
        &["Sign in with a browser, or choose a person with an authenticator app."],
    ),
    row(
        SignIn,
        "MFA_CHALLENGE",
        "",
        "Okta waits for a second factor that cannot be given here.",
        "The factor is answered on another device.",
        &["Sign in with a browser."],
    ),
    row(
        SignIn,
        "E0000068",
        "",
        "The one-time code was not accepted.",
        "It was mistyped, was used before, or the clock of the device that made it is wrong.",
        &["Run again with a fresh code."],
    ),
    row(
        SignIn,
        "RECOVERY",
        "",
        "The account is being recovered.",
        "Okta wants the recovery finished first.",
        &["Let the person finish it in a browser."],
    ),
    row(
        SignIn,
        "RECOVERY_CHALLENGE",
        "",
        "The account is being recovered.",
        "Okta wants the recovery finished first.",
        &["Let the person finish it in a browser."],
    ),
    row(
        SignIn,
        "UNAUTHENTICATED",
        "",
        "Okta did not take the password as a sign-in.",
        "The sign-in is at its beginning still.",
        &["Sign in with a browser."],
    ),
    row(
        SignIn,
        "E0000011",
        "",
        "Okta took the request for one with a token.",
        "Something between here and Okta adds an Authorization header.",
        &["Look at the proxy."],
    ),
    row(
        SignIn,
        "404",
        "",
        "This org has no primary authentication.",
        "The host is no Okta org, or the API is switched off.",
        &["Sign in with a browser.", "Compare the org's URL with the address in the browser."],
    ),
    // ── token (RFC 6749 §5.2) ──
    row(
        Token,
        "invalid_client",
        "client_id",
        "Okta does not know this client.",
        "The client ID is wrong or belongs to another org or server.",
        &["Gateway: compare the client ID and the host of the token URL with the app's."],
    ),
    row(
        Token,
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
        Token,
        "invalid_client",
        "no client credentials",
        "No client secret was sent.",
        "The app is confidential and must prove itself.",
        &["Gateway: set the client secret."],
    ),
    row(
        Token,
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
        Token,
        "invalid_client",
        "",
        "Okta refused the client.",
        "Client ID, secret or method is wrong.",
        &["Gateway: paste client ID and secret again.", "Okta: see which secret is active."],
    ),
    row(
        Token,
        "invalid_grant",
        "pkce",
        "The verifier does not fit the challenge.",
        "The code was asked for with another challenge: two runs were mixed up.",
        &[START_AGAIN],
    ),
    row(
        Token,
        "invalid_grant",
        "redirect",
        "The redirect URI differs from that of the authorization request.",
        "Both requests must send the same characters.",
        &["Gateway: send the same redirect URI at both steps."],
    ),
    row(
        Token,
        "invalid_grant",
        "refresh token",
        "The refresh token is no longer good.",
        "It was revoked, used after rotation, or has expired.",
        &["Sign in again."],
    ),
    row(
        Token,
        "invalid_grant",
        "",
        "The code is no longer good.",
        "It was used before, has expired, or belongs to another client or redirect URI.",
        &[START_AGAIN],
    ),
    row(
        Token,
        "unauthorized_client",
        "",
        "The grant is not switched on for this app.",
        "The app's grant types lack the one used here.",
        &["Okta: tick the grant type in the app."],
    ),
    row(
        Token,
        "unsupported_grant_type",
        "",
        "The server does not take this grant.",
        "It is unknown or switched off.",
        &["Okta: tick the grant type in the app and in the rule."],
    ),
    row(
        Token,
        "invalid_scope",
        "",
        "A scope is wider than what was granted.",
        "At this step nothing can be added.",
        &["Gateway: ask for the scope at /authorize."],
    ),
    row(
        Token,
        "access_denied",
        "network zone",
        "Okta refused this address.",
        "The client may be used only from certain networks.",
        &["Okta: look at the network zones of the app or the org."],
    ),
    row(
        Token,
        "access_denied",
        "",
        "A policy refused at the token endpoint.",
        "No rule covers the grant, the person and every scope.",
        &[RULE_FIX],
    ),
    row(
        Token,
        "invalid_dpop_proof",
        "",
        "The app demands DPoP, which the gateway does not send.",
        "Tokens would be bound to a key of the client.",
        &["Okta: switch off Require DPoP in the app."],
    ),
    row(
        Token,
        "use_dpop_nonce",
        "",
        "The app demands DPoP, which the gateway does not send.",
        "Tokens would be bound to a key of the client.",
        &["Okta: switch off Require DPoP in the app."],
    ),
    row(
        Token,
        "invalid_target",
        "",
        "Okta refused the parameter resource.",
        "Okta's servers have one audience each.",
        &["Gateway: leave resource out."],
    ),
    row(
        Token,
        "invalid_request",
        "multiple",
        "The client proved itself in two ways at once.",
        "One method a request (RFC 6749 §2.3).",
        &["Gateway: send the secret in the header or in the body, not in both."],
    ),
    row(
        Token,
        "invalid_request",
        "",
        "The token request is malformed.",
        "A parameter is missing or malformed: the redirect URI and a verifier of at least 43 characters belong to it.",
        &["Gateway: compare the request on this hop with its documentation."],
    ),
    row(
        Token,
        "404",
        "",
        "There is no token endpoint at this address.",
        "The server's id in the URL is wrong, or the server is inactive.",
        &["Gateway: authorization URL and token URL must be of one server."],
    ),
    // ── use (RFC 6750 §3.1) ──
    row(
        Use,
        "invalid_token",
        "",
        "The access token was refused.",
        "It has ended, was revoked, or is from another server.",
        &["Compare its iss, aud and exp with the server's."],
    ),
    row(
        Use,
        "insufficient_scope",
        "",
        "The access token lacks a scope.",
        "userinfo wants openid.",
        &["Gateway: add openid to the scopes."],
    ),
    row(
        Use,
        "invalid_request",
        "",
        "The request was malformed.",
        "The server did not understand it.",
        &["Run again."],
    ),
];

/// Rows that mean the same at every step.
const ANYWHERE: &[Row] = &[
    row(
        Use,
        "429",
        "",
        "Okta's rate limit was reached.",
        "Nothing was judged. /authorize takes 60 a minute for one client and address.",
        &["Wait a minute, then run again."],
    ),
    row(
        Use,
        "E0000047",
        "",
        "Okta's rate limit was reached.",
        "Nothing was judged.",
        &["Wait a minute, then run again."],
    ),
    row(
        Use,
        "5xx",
        "",
        "Okta failed.",
        "Something went wrong inside Okta, or in a proxy before it.",
        &["Run again; look at Okta's status page."],
    ),
];

/// What helps when a check failed, by the check's name.
const CHECKS: &[(&str, &[&str])] = &[
    (
        "issuer",
        &[
            "Gateway: take authorization URL and token URL from one server's metadata, with its own host name.",
        ],
    ),
    (
        "iss",
        &[
            "Gateway: authorization URL and token URL must be of one server and one host name.",
            "Okta: the server's issuer mode decides between the org's and the custom domain.",
        ],
    ),
    ("iss parameter", &["Something between answers in the server's place: look at the proxy."]),
    ("state", &["Run again; if it stays so, something changes the answer on its way."]),
    ("nonce", &["Run again; if it stays so, the answer belongs to another request."]),
    ("signature", &["Run again; if it stays so, the token comes from another server than the keys."]),
    ("kid", &["Wait a minute and run again: new keys may take a moment to be published."]),
    ("aud", &["Compare the client ID with the app's."]),
    ("exp", &["Compare the clocks."]),
    ("iat", &["Compare the clocks."]),
    (
        "method",
        &[
            "Okta: set the app's client authentication to the gateway's method.",
            "Gateway: or send the secret in the other way.",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, code: &str, words: &str) -> Refusal {
        Refusal { status: Some(status), code: code.into(), words: words.into() }
    }

    #[test]
    fn oktas_descriptions_tell_the_cases_of_one_code_apart() {
        for (step, status, code, words, part) in [
            (
                Step::Authorize,
                302,
                "access_denied",
                "User is not assigned to the client application.",
                "not assigned",
            ),
            (
                Step::Authorize,
                302,
                "access_denied",
                "Policy evaluation failed for this request, please check the policy configurations.",
                "No access policy",
            ),
            (Step::Authorize, 302, "access_denied", "Something new.", "refused access"),
            (
                Step::Authorize,
                302,
                "invalid_scope",
                "One or more scopes are not configured for the authorization server resource.",
                "does not know one",
            ),
            (
                Step::Authorize,
                302,
                "invalid_scope",
                "Custom scopes are not allowed for this request.",
                "no custom scopes",
            ),
            (
                Step::Authorize,
                302,
                "invalid_request",
                "PKCE code challenge is required by the application.",
                "PKCE",
            ),
            (
                Step::Authorize,
                400,
                "invalid_request",
                "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings",
                "redirect URI",
            ),
            (
                Step::Authorize,
                400,
                "invalid_client",
                "Invalid value for 'client_id' parameter.",
                "does not know this client",
            ),
            (
                Step::Authorize,
                404,
                "E0000007",
                "Not found: Resource not found: default",
                "no such authorization server",
            ),
            (
                Step::Token,
                401,
                "invalid_client",
                "The client secret supplied for a confidential client is invalid.",
                "client secret",
            ),
            (
                Step::Token,
                401,
                "invalid_client",
                "Invalid value for 'client_id' parameter.",
                "does not know this client",
            ),
            (Step::Token, 401, "invalid_client", "No client credentials found.", "No client secret"),
            (
                Step::Token,
                401,
                "invalid_client",
                "Client authentication failed. Either the client or the client credentials are invalid.",
                "prove itself",
            ),
            (Step::Token, 400, "invalid_grant", "PKCE verification failed.", "verifier"),
            (
                Step::Token,
                400,
                "invalid_grant",
                "The authorization code is invalid or has expired.",
                "no longer good",
            ),
            (
                Step::Refresh,
                400,
                "invalid_grant",
                "The refresh token is invalid or expired.",
                "refresh token",
            ),
            (Step::SignIn, 401, "E0000004", "Authentication failed", "refused the sign-in"),
            (Step::SignIn, 200, "LOCKED_OUT", "", "locked"),
            (Step::Token, 429, "E0000047", "API call exceeded rate limit", "rate limit"),
            (Step::Token, 503, "", "", "Okta failed"),
        ] {
            let row = refusal(status, code, words).row(step);
            assert!(row.is_some_and(|row| row.headline.contains(part)), "{code} {words}: {row:?}");
        }
        assert_eq!(refusal(400, "unheard_of", "").row(Step::Token), None);
    }

    #[test]
    fn every_row_can_be_reached() {
        for row in ROWS {
            let status = row.code.parse().unwrap_or(400);
            let code = if row.code == "404" { "" } else { row.code };
            assert_eq!(refusal(status, code, row.says).row(row.step), Some(row));
        }
    }

    #[test]
    fn every_row_ends_its_sentences_and_helps() {
        for row in ROWS.iter().chain(ANYWHERE).chain([&STEP_UP]) {
            assert!(row.headline.ends_with('.') && row.meaning.ends_with('.'), "{row:?}");
            assert!(!row.fixes.is_empty() && row.fixes.iter().all(|fix| fix.ends_with('.')), "{row:?}");
            assert_eq!(row.says, row.says.to_lowercase());
        }
    }

    #[test]
    fn a_bearer_challenge_is_read() {
        let challenge =
            r#"Bearer realm="x", error="invalid_token", error_description="The access token, expired""#;
        assert_eq!(challenge_part(challenge, "error").as_deref(), Some("invalid_token"));
        assert_eq!(
            challenge_part(challenge, "error_description").as_deref(),
            Some("The access token, expired")
        );
        assert_eq!(challenge_part(challenge, "scope"), None);
        assert_eq!(
            challenge_part("Bearer error=invalid_token, x=1", "error").as_deref(),
            Some("invalid_token")
        );
    }
}
