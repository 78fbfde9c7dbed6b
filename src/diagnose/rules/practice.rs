//! What works and is not as it should be (RFC 9700).

use super::*;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "practice.token-in-url",
        headline: "A token came back in the URL.",
        cause: "The implicit flow puts tokens into addresses, histories and logs. The gateway's kind of client does not need it.",
        fixes: &[
            Fix::by(Who::OktaAdmin, "Okta: untick Implicit among the app's grant types."),
            Fix::by(Who::GatewayTeam, "Gateway: send response_type=code."),
        ],
        sources: &["RFC 9700 §2.1.2"],
        rank: Rank::Practice,
        sees: Some(token_in_url),
        ..Rule::OKTA
    },
    Rule {
        name: "practice.password-grant",
        headline: "The password grant is in use.",
        cause: "The client sees the person's password, and no second factor can be asked for.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: use the authorization code flow.")],
        sources: &["RFC 9700 §2.4"],
        step: Some(Step::Token),
        rank: Rank::Practice,
        sees: Some(password_grant),
        ..Rule::OKTA
    },
];

fn token_in_url(evidence: &Evidence) -> Vec<Sight> {
    evidence
        .at(Endpoint::Callback)
        .filter(|hop| hop.sent("access_token").is_some() || hop.sent("id_token").is_some())
        .map(|hop| Sight::at(hop, "The callback's address has a token in it."))
        .collect()
}

fn password_grant(evidence: &Evidence) -> Vec<Sight> {
    evidence
        .at(Endpoint::Token)
        .filter(|hop| hop.text("grant_type") == "password")
        .map(|hop| Sight::at(hop, "grant_type is password."))
        .collect()
}
