//! Refusals of primary authentication: Okta's error codes, and the states of a sign-in that cannot go on here.

use super::{Row, row};

/// In order: the first that fits is taken. The second field is looked for in the description, in lower case.
pub(super) const ROWS: &[Row] = &[
    // ── sign-in: primary authentication (Okta) ──
    row(
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
        "E0000207",
        "",
        "Okta refused the sign-in.",
        "The name or the password is wrong, or the account may not sign in. This was one of the person's attempts.",
        &["Check the person and the password before another try: several in a row lock the account."],
    ),
    row(
        "LOCKED_OUT",
        "",
        "The account is locked.",
        "Too many wrong attempts.",
        &["Okta: unlock the person, or let them unlock the account themselves."],
    ),
    row("E0000069", "", "The account is locked.", "Too many wrong attempts.", &["Okta: unlock the person."]),
    row("E0000119", "", "The account is locked.", "Too many wrong attempts.", &["Okta: unlock the person."]),
    row(
        "PASSWORD_EXPIRED",
        "",
        "The password has expired.",
        "It was right, but must be changed before anything else.",
        &["Let the person sign in with a browser and choose a new password."],
    ),
    row(
        "PASSWORD_RESET",
        "",
        "The password has to be set anew.",
        "An administrator reset it.",
        &["Let the person sign in with a browser and choose a new password."],
    ),
    row(
        "PASSWORD_WARN",
        "",
        "The password is about to expire.",
        "Okta wants to show a warning first.",
        &["Let the person sign in with a browser once."],
    ),
    row(
        "MFA_ENROLL",
        "",
        "The person has to enrol a second factor first.",
        "A policy demands a factor that the person does not have yet.",
        &["Let the person sign in with a browser and enrol."],
    ),
    row(
        "MFA_ENROLL_ACTIVATE",
        "",
        "The person has not finished enrolling a factor.",
        "The factor waits to be activated.",
        &["Let the person sign in with a browser and finish."],
    ),
    row(
        "MFA_REQUIRED",
        "",
        "Okta wants a second factor that cannot be given here.",
        "Of the person's factors none is a one-time code to type.",
        &["Sign in with a browser, or choose a person with an authenticator app."],
    ),
    row(
        "MFA_CHALLENGE",
        "",
        "Okta waits for a second factor that cannot be given here.",
        "The factor is answered on another device.",
        &["Sign in with a browser."],
    ),
    row(
        "E0000068",
        "",
        "The one-time code was not accepted.",
        "It was mistyped, was used before, or the clock of the device that made it is wrong.",
        &["Run again with a fresh code."],
    ),
    row(
        "RECOVERY",
        "",
        "The account is being recovered.",
        "Okta wants the recovery finished first.",
        &["Let the person finish it in a browser."],
    ),
    row(
        "RECOVERY_CHALLENGE",
        "",
        "The account is being recovered.",
        "Okta wants the recovery finished first.",
        &["Let the person finish it in a browser."],
    ),
    row(
        "UNAUTHENTICATED",
        "",
        "Okta did not take the password as a sign-in.",
        "The sign-in is at its beginning still.",
        &["Sign in with a browser."],
    ),
    row(
        "E0000011",
        "",
        "Okta took the request for one with a token.",
        "Something between here and Okta adds an Authorization header.",
        &["Look at the proxy."],
    ),
    row(
        "404",
        "",
        "This org has no primary authentication.",
        "The host is no Okta org, or the API is switched off.",
        &["Sign in with a browser.", "Compare the org's URL with the address in the browser."],
    ),
    row(
        "429",
        "",
        "Okta's rate limit for sign-ins was reached.",
        "Nothing was judged. Okta takes four a second for one person.",
        &["Wait a moment, then run again."],
    ),
];
