//! Rate limits of Okta's.

use super::*;

pub(super) const RULES: &[Rule] = &[Rule {
    name: "rate.okta",
    headline: "Okta's rate limit was reached.",
    cause: "Nothing was judged: the same request may be right a minute later. /authorize takes 60 a minute for one client and address; a loop of redirects uses that up.",
    fixes: &[
        Fix::by(Who::You, "Wait a minute, then try again."),
        Fix::by(Who::OktaAdmin, "Okta: Reports, Rate limits shows which limit, and who used it up."),
    ],
    sources: &["developer.okta.com: rate limits", "developer.okta.com: error codes, E0000047"],
    refusals: &[
        okta(ANY, "E0000047", ""),
        okta(TOKEN, "invalid_grant", "rate limit"),
        okta(ANY, "", "api call exceeded rate limit"),
    ],
    reasons: &["user_rate_limited", "rate_limit_violation"],
    sees: Some(too_many),
    ..Rule::OKTA
}];

fn too_many(evidence: &Evidence) -> Vec<Sight> {
    evidence
        .hops
        .iter()
        .filter(|hop| hop.status == Some(429) && leg_of(hop) == Leg::GatewayToOkta && hop.refusal.is_none())
        .map(|hop| Sight::at(hop, "Okta answered 429."))
        .collect()
}
