//! PKCE (RFC 7636), as Okta has it: S256 only.

use super::*;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "pkce.required",
        headline: "The app demands PKCE, and the request had no code challenge.",
        cause: "Require PKCE is on for this app. The gateway is a confidential client; whether it sends a challenge is not known.",
        fixes: &[
            Fix::plan(
                ChangeKind::AppSetting,
                "Okta: switch off Require PKCE for this app, if the gateway sends no challenge.",
            ),
            Fix::by(Who::GatewayTeam, "Gateway: send a code challenge with S256."),
        ],
        sources: &["RFC 7636 §4.4.1", "developer.okta.com: error codes, pkce_missing_challenge"],
        step: Some(Step::Authorize),
        refusals: &[
            okta(AUTHORIZE, "invalid_request", "pkce code challenge is required"),
            okta(ANY, "", "pkce code challenge is required"),
        ],
        reasons: &["pkce_missing_challenge"],
        needs: &[Ask::App],
        ..Rule::OKTA
    },
    Rule {
        name: "pkce.method",
        headline: "The PKCE method is not S256.",
        cause: "Okta takes S256 only; plain, or no method beside a challenge, is refused.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: send code_challenge_method=S256.")],
        sources: &[
            "RFC 7636 §4.3",
            "developer.okta.com: error codes, pkce_unsupported_code_challenge_method",
        ],
        step: Some(Step::Authorize),
        refusals: &[
            okta(AUTHORIZE, "invalid_request", "code_challenge_method"),
            okta(AUTHORIZE, "invalid_request", "challenge method"),
        ],
        reasons: &["pkce_unsupported_code_challenge_method"],
        sees: Some(method),
        ..Rule::OKTA
    },
    Rule {
        name: "pkce.challenge",
        headline: "The code challenge is malformed.",
        cause: "With S256 it is the Base64url form, without padding, of a SHA-256: 43 characters.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: correct how the code challenge is made.")],
        sources: &["RFC 7636 §4.2"],
        step: Some(Step::Authorize),
        refusals: &[
            okta(AUTHORIZE, "invalid_request", "code_challenge"),
            okta(AUTHORIZE, "invalid_request", "code challenge"),
        ],
        sees: Some(challenge),
        ..Rule::OKTA
    },
    Rule {
        name: "pkce.verifier-missing",
        headline: "The token request has no code verifier, though a challenge was sent.",
        cause: "The code is bound to the challenge of the authorization request; without the verifier nobody can redeem it.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: send code_verifier with the code; look whether its session was lost between the two requests.",
        )],
        sources: &["RFC 7636 §4.5"],
        step: Some(Step::Token),
        refusals: &[
            okta(TOKEN, "invalid_request", "verifier"),
            okta(TOKEN, "invalid_grant", "verifier is missing"),
        ],
        reasons: &["pkce_missing_verifier"],
        sees: Some(verifier_missing),
        ..Rule::OKTA
    },
    Rule {
        name: "pkce.verifier",
        headline: "The code verifier does not fit the code challenge.",
        cause: "The code was asked for with another challenge: two sign-ins were mixed up, two instances of the gateway or of a client overwrote each other's verifier, or the verifier is malformed.",
        fixes: &[
            Fix::by(Who::Person, "Start again, with one sign-in at a time."),
            Fix::by(Who::GatewayTeam, "Gateway: keep the verifier with the state of its own sign-in."),
        ],
        sources: &["RFC 7636 §4.6", "geelen/mcp-remote#315"],
        step: Some(Step::Token),
        refusals: &[
            okta(ANY, "invalid_grant", "pkce"),
            okta(ANY, "", "pkce verification failed"),
            okta(TOKEN, "invalid_grant", "verifier"),
        ],
        reasons: &["pkce_verification_failed"],
        sees: Some(verifier),
        ..Rule::OKTA
    },
];

fn requests(evidence: &Evidence) -> impl Iterator<Item = &Hop> {
    evidence.at(Endpoint::Authorize).filter(|hop| leg_of(hop) != Leg::ClientToGateway)
}

fn method(evidence: &Evidence) -> Vec<Sight> {
    requests(evidence)
        .filter(|hop| hop.sent("code_challenge").is_some() && hop.text("code_challenge_method") != "S256")
        .map(|hop| {
            let method = hop.text("code_challenge_method");
            let shown = if method.is_empty() { "nothing" } else { method };
            Sight::at(hop, format!("code_challenge_method is {shown}."))
                .expected("S256", shown)
                .if_refused(hop.refusal.is_some(), (Rank::WillFail, Confidence::Likely))
        })
        .collect()
}

fn challenge(evidence: &Evidence) -> Vec<Sight> {
    let bad = |hop: &&Hop| {
        hop.text("code_challenge_method") == "S256"
            && hop
                .sent("code_challenge")
                .and_then(|v| v.mark)
                .is_some_and(|mark| mark.chars != 43 || mark.odd.reserved)
    };
    requests(evidence)
        .filter(bad)
        .map(|hop| {
            Sight::at(hop, format!("code_challenge is {}.", hop.text("code_challenge")))
                .expected("43 characters of Base64url", hop.text("code_challenge"))
                .if_refused(hop.refusal.is_some(), (Rank::WillFail, Confidence::Likely))
        })
        .collect()
}

/// Token requests for a code, each with the authorization request before it.
fn exchanges(evidence: &Evidence) -> Vec<(&Hop, &Hop)> {
    let mut out = Vec::new();
    let mut before = None;
    for hop in &evidence.hops {
        match hop.endpoint {
            Endpoint::Authorize if leg_of(hop) != Leg::ClientToGateway => before = Some(hop),
            Endpoint::Token
                if hop.text("grant_type") == "authorization_code" && leg_of(hop) != Leg::ClientToGateway =>
            {
                out.extend(before.map(|b| (b, hop)));
            }
            _ => {}
        }
    }
    out
}

fn verifier_missing(evidence: &Evidence) -> Vec<Sight> {
    exchanges(evidence)
        .into_iter()
        .filter(|(before, hop)| {
            before.sent("code_challenge").is_some() && hop.sent("code_verifier").is_none()
        })
        .map(|(_, hop)| {
            Sight::at(hop, "The token request has no code_verifier.")
                .if_refused(hop.failed(), (Rank::WillFail, Confidence::Likely))
        })
        .collect()
}

fn verifier(evidence: &Evidence) -> Vec<Sight> {
    let malformed = |hop: &&Hop| {
        hop.sent("code_verifier")
            .and_then(|v| v.mark)
            .is_some_and(|m| !(43..=128).contains(&m.chars) || m.odd.reserved)
    };
    evidence
        .at(Endpoint::Token)
        .filter(|hop| leg_of(hop) != Leg::ClientToGateway)
        .filter(malformed)
        .map(|hop| {
            Sight::at(hop, format!("code_verifier is {}.", hop.text("code_verifier")))
                .expected("43 to 128 of A-Z a-z 0-9 - . _ ~", hop.text("code_verifier"))
                .if_refused(hop.failed(), (Rank::WillFail, Confidence::Likely))
        })
        .collect()
}
