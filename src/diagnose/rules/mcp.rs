//! Leg 1: MCP client and gateway. Nothing of it can be put right in Okta. The specification's revisions differ; where they do, the
//! rule names the oldest that says so.

use super::*;
use crate::diagnose::address::Host;
use crate::uri::compare;

const CLIENT: Rule = Rule { leg: Some(Leg::ClientToGateway), confidence: Confidence::Likely, ..Rule::OKTA };

/// Stands before the rules for tokens: an answer that names the audience says whose it is.
pub(super) const AUDIENCE: &[Rule] = &[Rule {
    name: "mcp.audience",
    headline: "The MCP server refuses the token: it is for another audience.",
    cause: "The server wants its own URL in aud. A token of Okta's has the authorization server's one audience, and Okta takes no resource parameter to change it.",
    fixes: &[
        Fix::by(
            Who::McpServer,
            "MCP server: accept the audience of the authorization server, as its access policy page shows it.",
        ),
        Fix::by(Who::OktaAdmin, "Okta: set the authorization server's audience to the MCP server's URL."),
    ],
    sources: &["RFC 9068 §4", "IBM/mcp-context-forge#4171", "support.okta.com: resource parameter"],
    refusals: &[
        anybody("invalid_token", "audience"),
        anybody("", "invalid audience"),
        anybody("", "audience mismatch"),
    ],
    sees: Some(audience),
    ..CLIENT
}];

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "mcp.no-challenge",
        headline: "The MCP server answers 401 and does not say where to sign in.",
        cause: "It sent no WWW-Authenticate with resource_metadata; a client that finds no protected resource metadata at the well-known address either never starts to sign in.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: send WWW-Authenticate: Bearer resource_metadata=\"…\", or serve the metadata at the well-known address.",
        )],
        sources: &["RFC 9728 §5.1", "MCP 2025-06-18, authorization", "antvis/mcp-server-chart#269"],
        sees: Some(no_challenge),
        ..CLIENT
    },
    Rule {
        name: "mcp.metadata-address",
        headline: "The metadata names an address that a client cannot reach.",
        cause: "It says http, an internal host, localhost or 0.0.0.0: the server behind a proxy does not know its public name.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: set its public base URL, or trust X-Forwarded-Proto and X-Forwarded-Host from its own proxy.",
        )],
        sources: &["RFC 9728 §3.3", "RFC 8414 §3.3", "agentgateway#1639"],
        confidence: Confidence::Certain,
        sees: Some(internal_address),
        ..CLIENT
    },
    Rule {
        name: "mcp.resource-differs",
        headline: "The metadata's resource is not the URL of the MCP server.",
        cause: "The two must be identical; a slash at the end, or a URL type that adds one, is enough for clients to refuse.",
        fixes: &[
            Fix::by(
                Who::GatewayTeam,
                "Gateway: give the resource in the metadata exactly as people type the MCP server's URL.",
            ),
            Fix::by(Who::McpClient, "Type the URL as the metadata has it."),
        ],
        sources: &["RFC 9728 §3.3", "vercel/ai#13988", "openai/codex#35716"],
        refusals: &[anybody("", "does not match expected"), anybody("", "resource does not match")],
        sees: Some(resource_differs),
        ..CLIENT
    },
    Rule {
        name: "mcp.other-host",
        headline: "The protected resource metadata is on another host than the MCP server.",
        cause: "Some clients accept it from the same origin only.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: serve the metadata on the MCP server's own host.")],
        sources: &["RFC 9728 §3", "anthropics/claude-ai-mcp#560"],
        rank: Rank::Practice,
        confidence: Confidence::Possible,
        sees: Some(other_host),
        ..CLIENT
    },
    Rule {
        name: "mcp.no-s256",
        headline: "The authorization server's metadata does not name S256.",
        cause: "MCP clients have to refuse a server whose code_challenge_methods_supported is absent.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: put code_challenge_methods_supported: [\"S256\"] into the metadata.",
        )],
        sources: &["MCP 2025-11-25, authorization", "RFC 8414 §2"],
        sees: Some(no_s256),
        ..CLIENT
    },
    Rule {
        name: "mcp.empty-scopes",
        headline: "The metadata's list of scopes is empty.",
        cause: "Some clients then ask for an empty scope and break; an absent list is right.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: leave scopes_supported out.")],
        sources: &["geelen/mcp-remote#240"],
        rank: Rank::Practice,
        confidence: Confidence::Certain,
        sees: Some(empty_scopes),
        ..CLIENT
    },
    Rule {
        name: "mcp.registration",
        headline: "The MCP client could not register itself.",
        cause: "It asked for dynamic registration, which the server does not offer openly. Okta's needs an administrator's token, so an MCP client never registers at Okta itself.",
        fixes: &[
            Fix::by(
                Who::McpClient,
                "Connect to the gateway's URL, not to Okta's; or enter a client ID that was made beforehand.",
            ),
            Fix::by(Who::GatewayTeam, "Gateway: offer registration at its own authorization server."),
        ],
        sources: &[
            "RFC 7591 §3.2.2",
            "modelcontextprotocol/modelcontextprotocol#695",
            "envoyproxy/ai-gateway#2074",
        ],
        refusals: &[
            anybody("", "dynamic client registration"),
            anybody("invalid_client_metadata", ""),
            Pattern { at: &[Endpoint::Register], strict: true, ..anybody("", "") },
        ],
        sees: Some(registration),
        ..CLIENT
    },
    Rule {
        name: "mcp.redirect",
        headline: "The MCP client's redirect URI is not the one it registered.",
        cause: "Many clients listen on a port that changes at each start, or say localhost where 127.0.0.1 is registered, while an old registration is kept.",
        fixes: &[
            Fix::by(
                Who::McpClient,
                "Let the client register again (clear its stored sign-in), or give it a fixed port.",
            ),
            Fix::by(Who::GatewayTeam, "Gateway: take any port on loopback redirects."),
        ],
        sources: &["RFC 8252 §7.3, §8.3", "geelen/mcp-remote#72", "anthropics/claude-code#90370"],
        refusals: &[
            gateway("invalid_redirect_uri", ""),
            gateway("invalid_request", "redirect"),
            gateway("invalid_grant", "redirect"),
        ],
        ..CLIENT
    },
    Rule {
        name: "mcp.client-unknown",
        headline: "The gateway's authorization server does not know this MCP client.",
        cause: "Its registration was lost or belongs to another server; the client still uses what it had stored.",
        fixes: &[Fix::by(
            Who::McpClient,
            "Clear the client's stored sign-in for this server, and connect again.",
        )],
        sources: &["RFC 6749 §5.2", "RFC 7591 §3.2"],
        refusals: &[gateway("invalid_client", ""), gateway("unauthorized_client", "")],
        ..CLIENT
    },
    Rule {
        name: "mcp.grant",
        headline: "The gateway's authorization server refused the MCP client's code or refresh token.",
        cause: "It was used before, has ended, or two instances of the client share one sign-in and overwrite each other's verifier.",
        fixes: &[Fix::by(
            Who::McpClient,
            "Run one instance, clear the client's stored sign-in for this server, and connect again.",
        )],
        sources: &["RFC 6749 §5.2", "geelen/mcp-remote#315"],
        refusals: &[gateway("invalid_grant", "")],
        ..CLIENT
    },
    Rule {
        name: "mcp.scope",
        headline: "The token lacks a scope that the MCP server wants.",
        cause: "The server named the scope in its challenge; a client signs in again with it added.",
        fixes: &[Fix::by(Who::McpClient, "Sign in again and allow the scope that the challenge names.")],
        sources: &["RFC 6750 §3.1", "MCP 2025-11-25, authorization"],
        refusals: &[anybody("insufficient_scope", "")],
        ..CLIENT
    },
    Rule {
        name: "mcp.token",
        headline: "The token that the MCP client sent was refused.",
        cause: "It has ended, was revoked, or was issued by another server or for another audience than this one trusts.",
        fixes: &[
            Fix::by(Who::McpClient, "Sign in to the gateway again from the MCP client."),
            Fix::by(Who::You, "Paste the token itself: its iss, aud and exp are then compared."),
        ],
        sources: &["RFC 6750 §3.1"],
        refusals: &[anybody("invalid_token", "")],
        ..CLIENT
    },
    Rule {
        name: "mcp.session",
        headline: "The MCP server no longer knows this session.",
        cause: "It was restarted, or another instance answered. The client has to initialize again.",
        fixes: &[Fix::by(Who::McpClient, "Reconnect the MCP client.")],
        sources: &["MCP 2025-11-25, transports"],
        refusals: &[
            anybody("", "session not found"),
            anybody("", "no valid session"),
            anybody("", "mcp-session-id"),
        ],
        ..CLIENT
    },
    Rule {
        name: "mcp.upstream-not-connected",
        headline: "The tool behind the gateway wants this person to connect first.",
        cause: "JSON-RPC error -32042 carries an address to open: the upstream account of this person is not connected yet.",
        fixes: &[Fix::by(Who::Person, "Open the address in the error, and sign in there as yourself.")],
        sources: &["zuplo.com: MCP troubleshooting"],
        leg: Some(Leg::GatewayToTool),
        refusals: &[anybody("-32042", "")],
        ..CLIENT
    },
    Rule {
        name: "mcp.version",
        headline: "MCP client and server have no protocol version in common.",
        cause: "The server refused the version that the client named.",
        fixes: &[Fix::by(
            Who::McpClient,
            "Update the MCP client, or let it speak one of the versions that the answer lists.",
        )],
        sources: &["MCP 2026-07-28, transports"],
        refusals: &[anybody("-32022", ""), anybody("", "unsupported protocol version")],
        ..CLIENT
    },
    Rule {
        name: "mcp.header",
        headline: "A header of the MCP request does not match its body.",
        cause: "Mcp-Method, Mcp-Name or MCP-Protocol-Version says something else than the JSON; a proxy may have changed one.",
        fixes: &[Fix::by(Who::McpClient, "Update the MCP client.")],
        sources: &["MCP 2026-07-28, transports"],
        refusals: &[anybody("-32020", "")],
        ..CLIENT
    },
    Rule {
        name: "mcp.issuer",
        headline: "The answer names another issuer than the client asked.",
        cause: "The iss of the callback has to be the issuer of the metadata, character by character; otherwise a client must not go on.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: let metadata and callback name one issuer; look whether an edge drops the Host header.",
        )],
        sources: &["RFC 9207 §2.4"],
        refusals: &[
            anybody("", "issuer mismatch"),
            anybody("", "invalid issuer"),
            anybody("", "issuer does not match"),
        ],
        leg: None,
        ..CLIENT
    },
    Rule {
        name: "mcp.sign-in-refused",
        headline: "The MCP client's sign-in at the gateway was refused.",
        cause: "This is leg 1: the error came to the client's own callback. If its words are Okta's, the reason lies on leg 2.",
        fixes: &[Fix::by(Who::McpClient, "Connect again, and allow what the gateway asks for.")],
        sources: &["RFC 6749 §4.1.2.1"],
        refusals: &[
            gateway("access_denied", ""),
            gateway("invalid_scope", ""),
            gateway("invalid_request", ""),
        ],
        confidence: Confidence::Possible,
        ..CLIENT
    },
    Rule {
        name: "mcp.sign-in-loop",
        headline: "The MCP client signs in again and again.",
        cause: "Each sign-in works, and the next MCP call is refused all the same: the token is not stored, or the MCP server does not take it.",
        fixes: &[
            Fix::by(
                Who::GatewayTeam,
                "Gateway: trace the first MCP call after the sign-in: its status and WWW-Authenticate say why.",
            ),
            Fix::by(
                Who::McpClient,
                "Clear the client's stored sign-in for this server, and connect once more.",
            ),
        ],
        sources: &["obot-platform/obot#7046", "modelcontextprotocol/inspector#633"],
        sees: Some(sign_in_loop),
        ..CLIENT
    },
];

fn refused_calls(evidence: &Evidence) -> impl Iterator<Item = &Hop> {
    evidence.hops.iter().filter(|hop| {
        hop.status == Some(401)
            && (hop.endpoint == Endpoint::Mcp
                || hop
                    .address
                    .as_ref()
                    .is_some_and(|a| a.owner == Host::Gateway && hop.endpoint == Endpoint::Gateway))
    })
}

fn no_challenge(evidence: &Evidence) -> Vec<Sight> {
    let has_metadata = evidence
        .at(Endpoint::ResourceMetadata)
        .any(|hop| hop.status.is_none_or(|s| s == 200) && hop.page_title.is_none());
    refused_calls(evidence)
        .filter(|hop| hop.challenge.is_none() && !has_metadata && hop.sent_at.is_none())
        // A capture in which the client went on to sign in shows that it found the way.
        .filter(|hop| {
            !evidence
                .hops
                .iter()
                .any(|later| later.number > hop.number && later.endpoint == Endpoint::Authorize)
        })
        .map(|hop| Sight::at(hop, "401 without WWW-Authenticate."))
        .collect()
}

/// Metadata, with the field's name and the address that it names.
fn addresses(evidence: &Evidence) -> Vec<(&Hop, &str, String)> {
    const FIELDS: [&str; 6] = [
        "resource",
        "authorization_servers",
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "registration_endpoint",
    ];
    let mut out = Vec::new();
    for hop in evidence
        .hops
        .iter()
        .filter(|hop| matches!(hop.endpoint, Endpoint::Metadata | Endpoint::ResourceMetadata))
    {
        for field in FIELDS {
            if let Some(value) = hop.received(field) {
                out.extend(value.shown.as_str().split_whitespace().map(|url| (hop, field, url.to_owned())));
            }
        }
    }
    out
}

fn is_internal(url: &str) -> bool {
    let Some(host) = crate::diagnose::address::host_of(url) else { return false };
    let private = |h: &str| {
        h == "0.0.0.0"
            || h.starts_with("10.")
            || h.starts_with("192.168.")
            || (16..32).any(|n| h.starts_with(&format!("172.{n}.")))
    };
    let inner_name = !host.contains('.') && !host.contains(':')
        || [".internal", ".local", ".svc", ".cluster.local", ".lan"].iter().any(|end| host.ends_with(end));
    private(&host) || inner_name
}

fn internal_address(evidence: &Evidence) -> Vec<Sight> {
    let mut found: Vec<Sight> = Vec::new();
    for (hop, field, url) in addresses(evidence) {
        // On one's own machine http and localhost are what they should be.
        let here = hop.address.as_ref().is_some_and(|a| a.owner == Host::Loopback);
        if !here && (url.starts_with("http://") || is_internal(&url)) {
            found.push(
                Sight::at(hop, format!("{field} is {url}."))
                    .expected("https:// and the public host name", &url),
            );
        }
    }
    found.truncate(LINES);
    found
}

fn resource_differs(evidence: &Evidence) -> Vec<Sight> {
    let mut found = Vec::new();
    for hop in evidence.at(Endpoint::ResourceMetadata) {
        let (Some(resource), Some(address)) =
            (hop.received("resource").map(|v| v.shown.as_str()), &hop.address)
        else {
            continue;
        };
        let Some((_, path)) = address.path.as_str().split_once("/.well-known/oauth-protected-resource")
        else {
            continue;
        };
        let asked = format!("{}://{}{path}", address.scheme, address.host);
        let called = evidence.at(Endpoint::Mcp).find_map(|mcp| mcp.address.as_ref());
        let called = called.map(|a| format!("{}://{}{}", a.scheme, a.host, a.path));
        // At the root address the metadata speaks for a resource whose path is not known.
        let wanted = called.unwrap_or_else(|| asked.clone());
        if (path.is_empty() && wanted == asked) || is_internal(resource) || resource.starts_with("http://") {
            continue;
        }
        if let Some(difference) = compare(&wanted, resource) {
            let mut sight = Sight::at(hop, format!("resource is {resource}, asked for was {wanted}."))
                .expected(&wanted, resource);
            sight.more.push(format!("They differ at character {}.", difference.index + 1));
            sight.confidence = Some(Confidence::Certain);
            found.push(sight);
        }
    }
    found
}

fn other_host(evidence: &Evidence) -> Vec<Sight> {
    let mut found = Vec::new();
    let mcp = evidence.at(Endpoint::Mcp).find_map(|hop| hop.address.as_ref());
    for hop in evidence.at(Endpoint::ResourceMetadata) {
        if let (Some(mcp), Some(address)) = (mcp, &hop.address)
            && mcp.host != address.host
        {
            found.push(
                Sight::at(hop, format!("MCP server at {}, metadata at {}.", mcp.host, address.host))
                    .expected(mcp.host.as_str(), address.host.as_str()),
            );
        }
    }
    found
}

fn no_s256(evidence: &Evidence) -> Vec<Sight> {
    evidence
        .at(Endpoint::Metadata)
        .filter(|hop| {
            hop.received("authorization_endpoint").is_some()
                && hop.received("jwks_uri").is_none_or(|_| leg_of(hop) != Leg::GatewayToOkta)
        })
        .filter(|hop| {
            hop.received("code_challenge_methods_supported")
                .is_none_or(|v| !v.shown.as_str().split_whitespace().any(|m| m == "S256"))
        })
        .map(|hop| Sight::at(hop, "code_challenge_methods_supported does not name S256."))
        .collect()
}

fn empty_scopes(evidence: &Evidence) -> Vec<Sight> {
    evidence
        .hops
        .iter()
        .filter(|hop| matches!(hop.endpoint, Endpoint::Metadata | Endpoint::ResourceMetadata))
        .filter(|hop| hop.received("scopes_supported").is_some_and(|v| v.shown.as_str().trim().is_empty()))
        .map(|hop| Sight::at(hop, "scopes_supported is []."))
        .collect()
}

fn registration(evidence: &Evidence) -> Vec<Sight> {
    evidence
        .at(Endpoint::Register)
        .filter(|hop| hop.refusal.is_none() && hop.status.is_some_and(|s| s >= 400))
        .map(|hop| {
            Sight::at(hop, format!("Registration was answered with {}.", hop.status.unwrap_or_default()))
        })
        .collect()
}

/// A token whose audience is not the MCP server that refused it.
fn audience(evidence: &Evidence) -> Vec<Sight> {
    let Some(mcp) = refused_calls(evidence).last() else { return Vec::new() };
    let Some(host) = mcp.address.as_ref().map(|a| a.host.to_string()) else { return Vec::new() };
    let foreign = |token: &&super::super::Token| {
        !token.is_id_token
            && !token.audiences.is_empty()
            && !token.audiences.iter().any(|aud| aud.as_str().contains(&host))
    };
    evidence
        .tokens
        .iter()
        .filter(|token| token.hop.is_none_or(|hop| hop < mcp.number))
        .filter(foreign)
        .map(|token| {
            let list: Vec<&str> = token.audiences.iter().map(Clean::as_str).collect();
            Sight::at(mcp, format!("aud of the token is {}, the MCP server is at {host}.", list.join(" ")))
                .expected(&host, &list.join(" "))
        })
        .collect()
}

/// Sign-ins that worked before a loop is called one.
const LOOP: usize = 3;

fn sign_in_loop(evidence: &Evidence) -> Vec<Sight> {
    let issued: Vec<&Hop> =
        evidence.at(Endpoint::Token).filter(|hop| hop.received("access_token").is_some()).collect();
    let refused: Vec<&Hop> = refused_calls(evidence).collect();
    let after = |token: &&&Hop| refused.iter().any(|call| call.number > token.number);
    if issued.iter().filter(after).count() < LOOP || refused.len() < LOOP {
        return Vec::new();
    }
    let last = refused.last().copied();
    last.map(|hop| {
        Sight::at(
            hop,
            format!(
                "{} times tokens were issued, {} MCP calls were answered with 401.",
                issued.len(),
                refused.len()
            ),
        )
    })
    .into_iter()
    .collect()
}
