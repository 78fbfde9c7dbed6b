//! The person signs in at Okta: what stops them there.

use super::*;

const SIGN_IN: &[Endpoint] = &[Endpoint::SignIn];

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "sign-in.locked",
        headline: "The person's account is locked.",
        cause: "There were too many wrong attempts.",
        fixes: &[Fix::by(
            Who::OktaAdmin,
            "Okta: unlock the person, or let them unlock the account themselves.",
        )],
        sources: &["developer.okta.com: error codes, E0000069, E0000119"],
        step: Some(Step::SignIn),
        refusals: &[okta(ANY, "LOCKED_OUT", ""), okta(ANY, "E0000069", ""), okta(ANY, "E0000119", "")],
        reasons: &["LOCKED_OUT"],
        needs: &[Ask::AppUser],
        ..Rule::OKTA
    },
    Rule {
        name: "sign-in.refused",
        headline: "Okta refused the sign-in.",
        cause: "The password is wrong, or the account is locked, suspended, deactivated or not active yet, or a policy refused: Okta answers the same to all of them.",
        fixes: &[
            Fix::by(
                Who::Person,
                "Check name and password before another try: several wrong ones lock the account.",
            ),
            Fix::by(
                Who::OktaAdmin,
                "Okta: the person's status, and user.session.start in the System Log, tell the reason.",
            ),
        ],
        sources: &["developer.okta.com: error codes, E0000004"],
        step: Some(Step::SignIn),
        confidence: Confidence::Likely,
        refusals: &[
            okta(ANY, "E0000004", ""),
            okta(ANY, "E0000207", ""),
            okta(SIGN_IN, "", "authentication failed"),
        ],
        reasons: &["INVALID_CREDENTIALS", "VERIFICATION_ERROR"],
        needs: &[Ask::AppUser, Ask::LogEvents],
        ..Rule::OKTA
    },
    Rule {
        name: "sign-in.inactive",
        headline: "The person's account is not active.",
        cause: "It is staged, suspended or deactivated; nobody signs in with it.",
        fixes: &[Fix::by(Who::OktaAdmin, "Okta: activate the person, or end the suspension.")],
        sources: &["developer.okta.com: error codes, E0000117, E0000038"],
        step: Some(Step::SignIn),
        refusals: &[okta(ANY, "E0000117", ""), okta(ANY, "E0000038", ""), okta(ANY, "E0000112", "")],
        needs: &[Ask::AppUser],
        ..Rule::OKTA
    },
    Rule {
        name: "sign-in.password",
        headline: "The person has to choose a new password first.",
        cause: "The password has expired or was reset; it was right, and leads no further.",
        fixes: &[Fix::by(Who::Person, "Sign in with a browser and choose a new password.")],
        sources: &["developer.okta.com: authentication API, transaction states"],
        step: Some(Step::SignIn),
        refusals: &[okta(ANY, "PASSWORD_EXPIRED", ""), okta(ANY, "PASSWORD_RESET", "")],
        ..Rule::OKTA
    },
    Rule {
        name: "sign-in.enrol",
        headline: "The person has to enrol a second factor first.",
        cause: "A policy demands a factor that this person does not have yet.",
        fixes: &[Fix::by(Who::Person, "Sign in with a browser and enrol.")],
        sources: &["developer.okta.com: authentication API, transaction states"],
        step: Some(Step::SignIn),
        refusals: &[okta(ANY, "MFA_ENROLL", ""), okta(ANY, "MFA_ENROLL_ACTIVATE", "")],
        ..Rule::OKTA
    },
    Rule {
        name: "sign-in.passcode",
        headline: "The one-time code was not accepted.",
        cause: "It was mistyped, was used before, or the clock of the device that made it is wrong.",
        fixes: &[Fix::by(
            Who::Person,
            "Wait for a fresh code and try again; compare the clock of the phone.",
        )],
        sources: &["developer.okta.com: error codes, E0000068"],
        step: Some(Step::SignIn),
        refusals: &[okta(ANY, "E0000068", "")],
        ..Rule::OKTA
    },
    Rule {
        name: "sign-in.no-session",
        headline: "Nobody is signed in.",
        cause: "prompt=none was sent, so Okta may show no page, and there is no session that is good enough for this app. As the answer of a probe it means that client, redirect URI and scopes were accepted.",
        fixes: &[
            Fix::by(Who::Person, "Sign in with a browser."),
            Fix::by(Who::GatewayTeam, "Gateway: send no prompt=none for a first sign-in."),
        ],
        sources: &["OpenID Connect Core §3.1.2.6"],
        step: Some(Step::Authorize),
        rank: Rank::Practice,
        refusals: &[okta(ANY, "login_required", "")],
        reasons: &["no_existing_session", "login_required"],
        adds: Some(alone),
        ..Rule::OKTA
    },
    Rule {
        name: "sign-in.consent",
        headline: "The person has to consent to the scopes.",
        cause: "prompt=none was sent, so the consent page could not be shown.",
        fixes: &[
            Fix::by(Who::Person, "Sign in with a browser and allow it."),
            Fix::by(Who::OktaAdmin, "Okta: set the scope's consent to implicit."),
        ],
        sources: &["OpenID Connect Core §3.1.2.6"],
        step: Some(Step::Authorize),
        refusals: &[okta(ANY, "consent_required", "")],
        reasons: &["consent_required"],
        ..Rule::OKTA
    },
];

/// Where nothing else went wrong, it is the answer; in a capture with a later failure it is the silent try before it.
fn alone(evidence: &Evidence, hop: &Hop, sight: &mut Sight) {
    let went_on = evidence.hops.iter().any(|other| {
        other.number > hop.number
            && (other.failed() || other.received("code").is_some() || other.sent("code").is_some())
    });
    if !went_on {
        sight.rank = Some(Rank::Refused);
    }
}
