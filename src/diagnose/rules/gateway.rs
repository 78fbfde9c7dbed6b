//! The gateway's own errors, by the names that its pipeline has for them (published profile `api-evangelist/cequence`).

use super::*;

const SOURCES: &[&str] = &["api-evangelist/cequence: gateway pipeline errors"];
const POLICY: Rule = Rule { leg: Some(Leg::GatewayPolicy), sources: SOURCES, ..Rule::OKTA };

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "gateway.outbound-auth",
        headline: "The gateway could not get or refresh this person's credential for Okta.",
        cause: "The connection on leg 2 is gone: never made, its refresh token ended or was never issued, or the token request was refused.",
        fixes: &[
            Fix::by(Who::Person, "Connect again: sign in to Okta through the gateway."),
            Fix::by(
                Who::GatewayTeam,
                "Gateway: if it comes back every hour, add offline_access to the scopes; its log has Okta's answer.",
            ),
        ],
        sources: SOURCES,
        step: Some(Step::Refresh),
        confidence: Confidence::Likely,
        rank: Rank::Consequence,
        refusals: &[anybody("outbound_auth_failed", "")],
        needs: &[Ask::LogEvents],
        ..Rule::OKTA
    },
    Rule {
        name: "gateway.auth-denied",
        headline: "The gateway refused the MCP client's own credential.",
        cause: "This is leg 1: the token that the gateway itself gave to the MCP client is missing, ended, or for another server. Okta's app has no part in it.",
        fixes: &[Fix::by(Who::McpClient, "Sign in to the gateway again from the MCP client.")],
        sources: SOURCES,
        leg: Some(Leg::ClientToGateway),
        refusals: &[anybody("auth_denied", "")],
        ..Rule::OKTA
    },
    Rule {
        name: "gateway.no-credential",
        headline: "The MCP client sent no credential that the gateway takes.",
        cause: "This is leg 1, and the usual answer to a first request: an MCP client starts its sign-in then. If it stops here, it found no way to the gateway's authorization server.",
        fixes: &[Fix::by(
            Who::McpClient,
            "Use an MCP client that signs in with OAuth, or sign in to the gateway again.",
        )],
        sources: &["api-evangelist/cequence: probe of the MCP endpoint", "RFC 6750 §3.1"],
        leg: Some(Leg::ClientToGateway),
        confidence: Confidence::Likely,
        refusals: &[anybody("", "missing or invalid authorization header")],
        ..Rule::OKTA
    },
    Rule {
        name: "gateway.not-allowed",
        headline: "The gateway's policy does not allow this.",
        cause: "The person is signed in; the gateway's own access policy or access control refuses this MCP server or tool to them.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: look at its access policy for this person and MCP server.",
        )],
        refusals: &[anybody("authz_denied", ""), anybody("access_control_denied", "")],
        ..POLICY
    },
    Rule {
        name: "gateway.rate-limit",
        headline: "The gateway's own rate limit is used up.",
        cause: "It is not Okta's.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: wait, or raise its limit.")],
        refusals: &[anybody("rate_limit_exceeded", "")],
        ..POLICY
    },
    Rule {
        name: "gateway.interceptor",
        headline: "An interceptor of the gateway refused the call.",
        cause: "A rule that somebody added to the gateway looked at the call and stopped it.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: look at its interceptors.")],
        refusals: &[anybody("interceptor_denied", "")],
        ..POLICY
    },
    Rule {
        name: "gateway.upstream",
        headline: "The tool behind the gateway failed.",
        cause: "Leg 3: the gateway reached it and got no answer that it can use. Sign-in worked.",
        fixes: &[Fix::by(Who::McpServer, "Look at the log of the MCP server or API behind the gateway.")],
        sources: SOURCES,
        leg: Some(Leg::GatewayToTool),
        refusals: &[anybody("upstream_error", "")],
        ..Rule::OKTA
    },
    Rule {
        name: "gateway.circuit-breaker",
        headline: "The gateway stopped calling a tool that failed too often.",
        cause: "Leg 3: it tries again by itself after a while.",
        fixes: &[Fix::by(Who::McpServer, "Look at the MCP server or API behind the gateway.")],
        sources: SOURCES,
        leg: Some(Leg::GatewayToTool),
        refusals: &[anybody("circuit_breaker_open", "")],
        ..Rule::OKTA
    },
    Rule {
        name: "gateway.no-route",
        headline: "The gateway has no MCP server at this address.",
        cause: "The URL in the MCP client is mistyped, or the MCP server was removed from the gateway.",
        fixes: &[Fix::by(
            Who::McpClient,
            "Compare the URL with the one that the gateway shows for this MCP server.",
        )],
        sources: SOURCES,
        leg: Some(Leg::ClientToGateway),
        confidence: Confidence::Likely,
        sees: Some(no_route),
        ..Rule::OKTA
    },
];

fn no_route(evidence: &Evidence) -> Vec<Sight> {
    use crate::diagnose::address::Host;
    let missing = |hop: &&Hop| {
        hop.status == Some(404)
            && matches!(hop.endpoint, Endpoint::Mcp | Endpoint::Gateway)
            && hop.address.as_ref().is_some_and(|a| a.owner == Host::Gateway)
            // A session that the server forgot is 404 too, with a JSON-RPC body (MCP, transports).
            && hop.received("jsonrpc").is_none()
    };
    evidence.hops.iter().filter(missing).map(|hop| Sight::at(hop, format!("404 at {}.", hop.url))).collect()
}
