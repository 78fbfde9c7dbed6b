//! Access policies of a custom authorization server: the first rule that matches decides, and none is a refusal.

use super::*;

const SOURCES: &[&str] =
    &["help.okta.com: Create access policies", "developer.okta.com: error codes, no_matching_policy"];
const RULE_FIX: Fix = Fix::plan(
    ChangeKind::AccessPolicy,
    "Okta: give the authorization server an access policy with a rule that covers this client, person, grant and every scope.",
);

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "policy.none",
        headline: "No access policy of the authorization server lets this client in.",
        cause: "No policy covers the client, or no rule of it covers the person, the grant and every scope together. A new default server has no policy in some orgs.",
        fixes: &[RULE_FIX],
        sources: SOURCES,
        refusals: &[
            okta(ANY, "access_denied", "policy evaluation failed"),
            okta(ANY, "", "policy evaluation failed for this request"),
            okta(ANY, "access_denied", "no_matching_policy"),
        ],
        reasons: &["no_matching_policy"],
        adds: Some(which),
        needs: &[Ask::AccessPolicy],
        ..Rule::OKTA
    },
    Rule {
        name: "policy.no-scope",
        headline: "The rule that matches allows none of these scopes.",
        cause: "A rule matched, and every scope asked for is left out of it.",
        fixes: &[RULE_FIX],
        sources: &["developer.okta.com: error codes, no_scope_allowed"],
        refusals: &[okta(ANY, "access_denied", "policy evaluation succeeded")],
        reasons: &["no_scope_allowed"],
        adds: Some(which),
        needs: &[Ask::AccessPolicy],
        ..Rule::OKTA
    },
    Rule {
        name: "policy.some-scopes",
        headline: "The rule that matches denies some of these scopes.",
        cause: "A rule has to cover every scope that is asked for.",
        fixes: &[RULE_FIX, Fix::by(Who::GatewayTeam, "Gateway: or leave the denied scopes out.")],
        sources: &["developer.okta.com: error codes, scope_denied"],
        refusals: &[
            okta(AUTHORIZE, "access_denied", "requested scopes"),
            okta(AUTHORIZE, "access_denied", "scope"),
        ],
        reasons: &["scope_denied"],
        adds: Some(which),
        needs: &[Ask::AccessPolicy],
        ..Rule::OKTA
    },
    Rule {
        name: "policy.network-zone",
        headline: "Okta refused the address that the request came from.",
        cause: "The client may be used only from certain network zones, and the gateway's outgoing address is in none of them.",
        fixes: &[
            Fix::by(
                Who::OktaAdmin,
                "Okta: add the gateway's outgoing addresses to the network zone of the app.",
            ),
            Fix::by(Who::GatewayTeam, "Gateway: name its outgoing addresses to the Okta administrator."),
        ],
        sources: &["developer.okta.com: error codes, disallowed_network_zone"],
        refusals: &[okta(ANY, "access_denied", "network zone"), okta(ANY, "access_denied", "network")],
        reasons: &["disallowed_network_zone"],
        ..Rule::OKTA
    },
    Rule {
        name: "policy.factor",
        headline: "The app's sign-in policy wants another factor.",
        cause: "The session is good, and not strong enough for this app: its sign-in policy asks for a factor that was not given.",
        fixes: &[
            Fix::by(Who::Person, "Sign in with a browser and give the factor; enrol it first if Okta asks."),
            Fix::by(
                Who::OktaAdmin,
                "Okta: look at the rule of the app's sign-in policy that matches this person.",
            ),
        ],
        sources: &["developer.okta.com: app sign-in policies"],
        refusals: &[
            okta(ANY, "access_denied", "mfa"),
            okta(ANY, "access_denied", "multifactor"),
            okta(ANY, "access_denied", "factor"),
            okta(ANY, "mfa_required", ""),
            okta(ANY, "login_required", "client app requires re-authentication or mfa"),
        ],
        reasons: &["mfa_required", "app_sign_on_required"],
        ..Rule::OKTA
    },
    Rule {
        name: "policy.device",
        headline: "The app's sign-in policy wants a managed or registered device.",
        cause: "The person's device is not registered with Okta, or not managed as the rule demands.",
        fixes: &[
            Fix::by(Who::Person, "Sign in on a managed device, or register this one with Okta Verify."),
            Fix::by(Who::OktaAdmin, "Okta: look at the device conditions of the app's sign-in policy."),
        ],
        sources: &["developer.okta.com: app sign-in policies, device conditions"],
        refusals: &[okta(ANY, "access_denied", "device"), okta(ANY, "access_denied", "managed")],
        ..Rule::OKTA
    },
    Rule {
        name: "policy.at-token",
        headline: "A policy refused at the token endpoint.",
        cause: "No rule of the authorization server covers this grant, the person and every scope.",
        fixes: &[RULE_FIX],
        sources: &["developer.okta.com: error codes"],
        confidence: Confidence::Likely,
        refusals: &[okta(TOKEN, "access_denied", "")],
        adds: Some(not_without_token),
        needs: &[Ask::AccessPolicy, Ask::LogEvents],
        ..Rule::OKTA
    },
    Rule {
        name: "policy.person-said-no",
        headline: "The person cancelled the sign-in or said no.",
        cause: "Okta showed a page, and it was left with a no.",
        fixes: &[Fix::by(Who::Person, "Sign in again, and allow what is asked for.")],
        sources: &["RFC 6749 §4.1.2.1"],
        refusals: &[
            okta(AUTHORIZE, "access_denied", "resource owner"),
            okta(AUTHORIZE, "access_denied", "cancel"),
            okta(AUTHORIZE, "access_denied", "denied the request"),
        ],
        reasons: &["user_canceled_request"],
        ..Rule::OKTA
    },
];

fn which(evidence: &Evidence, _: &Hop, sight: &mut Sight) {
    for (_, answer) in &evidence.answers {
        if let Answer::AccessPolicy { allows, sentence } = answer {
            sight.more.push(sentence.to_string());
            if *allows {
                sight.confidence = Some(Confidence::Possible);
                sight.more.push("As the policies stand now, they allow it: they were changed since, or the person differs.".into());
            }
        }
    }
}

/// An access_denied without its request may be the authorization endpoint's just as well.
fn not_without_token(_: &Evidence, hop: &Hop, sight: &mut Sight) {
    if hop.endpoint != Endpoint::Token {
        sight.headline = Some("Okta refused access.".into());
        sight.step = Some(Step::Authorize);
        sight.confidence = Some(Confidence::Possible);
        sight.more.push("Its words do not say which policy: the System Log names it.".into());
    }
}
