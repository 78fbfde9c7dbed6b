//! The org itself.

use super::*;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "org.deactivated",
        headline: "The Okta org is deactivated.",
        cause: "Free orgs are deactivated when nobody has used them for 180 days; others by their owner.",
        fixes: &[Fix::by(Who::OktaAdmin, "Okta: ask Okta's support to reactivate the org, or use another.")],
        sources: &["developer.okta.com: error codes, E0000260"],
        refusals: &[
            okta(ANY, "E0000260", ""),
            okta(ANY, "", "org is deactivated"),
            okta(ANY, "", "organization has been deactivated"),
        ],
        sees: Some(page_says),
        ..Rule::OKTA
    },
    Rule {
        name: "org.no-api-access-management",
        headline: "This org has no custom authorization servers.",
        cause: "They belong to API Access Management, which this org does not have; so /oauth2/default does not exist either.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: use the org server's URLs at both places: /oauth2/v1/authorize and /oauth2/v1/token.",
        )],
        sources: &["developer.okta.com: authorization servers", "developer.okta.com: error codes, E0000015"],
        refusals: &[okta(ANY, "E0000015", "")],
        ..Rule::OKTA
    },
    Rule {
        name: "org.read-only",
        headline: "Okta is in read-only mode.",
        cause: "Okta is in maintenance, or has trouble of its own.",
        fixes: &[Fix::by(Who::You, "Try again later; look at Okta's status page.")],
        sources: &["developer.okta.com: error codes, E0000010"],
        refusals: &[okta(ANY, "E0000010", "")],
        ..Rule::OKTA
    },
];

fn page_says(evidence: &Evidence) -> Vec<Sight> {
    let says = |hop: &&Hop| {
        let title = hop.page_title.as_ref().map(|t| t.as_str().to_lowercase()).unwrap_or_default();
        ["organization suspended", "org suspended", "deactivated", "suspended"]
            .iter()
            .any(|w| title.contains(w))
    };
    let told = |hop: &Hop| {
        Sight::at(hop, format!("The page is titled \"{}\".", hop.page_title.clone().unwrap_or_default()))
    };
    let okta = |hop: &&Hop| leg_of(hop) != Leg::ClientToGateway;
    evidence.hops.iter().filter(okta).filter(says).map(told).collect()
}
