//! Refresh tokens (RFC 6749 §6): whether one was issued, and why one is no longer good.

use super::*;

const ON: &[Fix] = &[
    Fix::by(Who::GatewayTeam, "Gateway: add offline_access to the scopes."),
    Fix::plan(
        ChangeKind::AddGrant,
        "Okta: tick Refresh Token among the app's grant types, and allow offline_access in the access policy's rule.",
    ),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "refresh.reused",
        headline: "A refresh token was used twice.",
        cause: "With rotation each refresh token is good once; using an old one after the grace period ends the whole family, and the person has to sign in again. Two instances that share one connection do this.",
        fixes: &[
            Fix::by(Who::Person, "Connect again."),
            Fix::by(
                Who::GatewayTeam,
                "Gateway: let one instance refresh at a time, and keep the newest token.",
            ),
            Fix::by(
                Who::OktaAdmin,
                "Okta: give rotation a grace period, or make the refresh token persistent.",
            ),
        ],
        sources: &["RFC 9700 §4.14.2", "developer.okta.com: refresh token rotation"],
        step: Some(Step::Refresh),
        reasons: &["detect_reuse"],
        sees: Some(reused),
        ..Rule::OKTA
    },
    Rule {
        name: "refresh.dead",
        headline: "The refresh token is no longer good.",
        cause: "It has expired, was revoked, was rotated away, or belongs to another client or server.",
        fixes: &[
            Fix::by(Who::Person, "Connect again: signing in makes a new one."),
            Fix::by(
                Who::OktaAdmin,
                "Okta: compare the refresh token's lifetime in the access policy's rule with how long people stay away.",
            ),
        ],
        sources: &["RFC 6749 §5.2", "developer.okta.com: error codes, invalid_refresh_token"],
        step: Some(Step::Refresh),
        refusals: &[
            okta(ANY, "invalid_grant", "refresh token"),
            okta(ANY, "", "refresh token is invalid or expired"),
        ],
        reasons: &["invalid_refresh_token"],
        ..Rule::OKTA
    },
    Rule {
        name: "refresh.refused",
        headline: "The refresh was refused.",
        cause: "A token that was good is taken no longer: expired, revoked, rotated away, or the grant is off.",
        fixes: &[Fix::by(Who::Person, "Connect again: signing in makes a new one."), ON[1]],
        sources: &["RFC 6749 §5.2, §6"],
        step: Some(Step::Refresh),
        sees: Some(refused),
        ..Rule::OKTA
    },
    Rule {
        name: "refresh.none",
        headline: "No refresh token was issued.",
        cause: "The scope offline_access was not asked for, so the connection ends with the access token, often after an hour, and people sign in again.",
        fixes: ON,
        sources: &["OpenID Connect Core §11", "developer.okta.com: refresh tokens"],
        step: Some(Step::Token),
        rank: Rank::Practice,
        sees: Some(none),
        needs: &[Ask::App],
        ..Rule::OKTA
    },
];

fn refreshes(evidence: &Evidence) -> impl Iterator<Item = &Hop> {
    evidence
        .at(Endpoint::Token)
        .filter(|hop| hop.text("grant_type") == "refresh_token" && leg_of(hop) != Leg::ClientToGateway)
}

fn reused(evidence: &Evidence) -> Vec<Sight> {
    let by_event =
        evidence.events.iter().filter(|event| event.kind.as_str().ends_with("detect_reuse")).map(|event| {
            let mut sight = of_event(event);
            sight.step = Some(Step::Refresh);
            sight
        });
    let mut earlier: Vec<u64> = Vec::new();
    let mut found: Vec<Sight> = by_event.collect();
    for hop in refreshes(evidence) {
        let Some(mark) = hop.sent("refresh_token").and_then(|v| v.mark) else { continue };
        if earlier.contains(&mark.same) && hop.failed() {
            found.push(Sight::at(hop, "The same refresh token was sent before."));
        }
        earlier.push(mark.same);
    }
    found
}

fn refused(evidence: &Evidence) -> Vec<Sight> {
    let coarse = |hop: &&Hop| {
        hop.refusal
            .as_ref()
            .is_some_and(|r| r.code == "invalid_grant" && !r.words.to_lowercase().contains("refresh token"))
    };
    refreshes(evidence)
        .filter(coarse)
        .map(|hop| Sight::at(hop, "The refresh was answered with invalid_grant."))
        .collect()
}

fn none(evidence: &Evidence) -> Vec<Sight> {
    evidence
        .at(Endpoint::Token)
        .filter(|hop| leg_of(hop) != Leg::ClientToGateway)
        .filter(|hop| hop.received("access_token").is_some() && hop.received("refresh_token").is_none())
        .filter(|hop| hop.text("grant_type") != "client_credentials")
        .map(|hop| {
            let granted = hop.received("scope").map_or("", |v| v.shown.as_str());
            if granted.split_whitespace().any(|s| s == "offline_access") {
                let mut sight =
                    Sight::at(hop, "The answer has the scope offline_access and no refresh_token.");
                sight
                    .more
                    .push("It was asked for here: so the app's grant type Refresh Token is off.".into());
                return sight;
            }
            Sight::at(hop, format!("The answer has no refresh_token; its scope is \"{granted}\"."))
        })
        .collect()
}
