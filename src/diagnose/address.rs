//! Where a request went: which endpoint, of whom. Read from the URL alone.

use crate::flow::trace::{Leg, Step};
use crate::text::Clean;
use crate::uri::Callback;
use serde::Serialize;

/// What a request is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Endpoint {
    /// The authorization endpoint (RFC 6749 §3.1).
    Authorize,
    /// Okta's sign-in pages and their calls.
    SignIn,
    /// A redirect URI: the authorization server's answer.
    Callback,
    /// The token endpoint (RFC 6749 §3.2).
    Token,
    /// userinfo, introspection, revocation.
    Use,
    /// Metadata of an authorization server (RFC 8414, OpenID Connect Discovery) or its keys.
    Metadata,
    /// Metadata of a protected resource (RFC 9728).
    ResourceMetadata,
    /// Dynamic client registration (RFC 7591).
    Register,
    /// An MCP server's endpoint.
    Mcp,
    /// Anything else of the gateway.
    Gateway,
    /// Okta's management API.
    OktaApi,
    /// Okta's sign-out.
    Logout,
    /// Something else.
    Other,
    /// Only an answer is known.
    #[default]
    Unsaid,
}

impl Endpoint {
    /// The step of leg 2 that it belongs to.
    pub fn step(self) -> Option<Step> {
        match self {
            Self::Authorize => Some(Step::Authorize),
            Self::SignIn => Some(Step::SignIn),
            Self::Callback => Some(Step::Callback),
            Self::Token => Some(Step::Token),
            Self::Use => Some(Step::Use),
            _ => None,
        }
    }

    /// In a word or two, for the list of hops.
    pub fn words(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::SignIn => "sign-in",
            Self::Callback => "callback",
            Self::Token => "token",
            Self::Use => "use of a token",
            Self::Metadata => "server metadata",
            Self::ResourceMetadata => "resource metadata",
            Self::Register => "registration",
            Self::Mcp => "MCP",
            Self::Gateway => "gateway",
            Self::OktaApi => "Okta API",
            Self::Logout => "sign-out",
            Self::Other => "other",
            Self::Unsaid => "an answer",
        }
    }
}

/// Whose host it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// An Okta org, by its domain or by the paths that only Okta has.
    Okta,
    /// The gateway.
    Gateway,
    /// The person's own machine: an MCP client or a tester listens there.
    Loopback,
    /// Somebody else.
    Foreign,
}

/// Which authorization server of an org.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerName {
    /// The org server, `/oauth2/v1/…`.
    Org,
    /// A custom server, `/oauth2/{id}/v1/…`; `default` is one.
    Custom(Clean),
}

impl ServerName {
    /// `the org server`, `default`, an id.
    pub fn words(&self) -> String {
        match self {
            Self::Org => "the org server".into(),
            Self::Custom(id) => format!("server {id}"),
        }
    }
}

/// A request's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `https`, `http`, or a client's own scheme.
    pub scheme: Clean,
    /// Host in lower case, with its port.
    pub host: Clean,
    /// Whose it is.
    pub owner: Host,
    /// The path.
    pub path: Clean,
    /// The authorization server, where the path names one.
    pub server: Option<ServerName>,
}

const OKTA: [&str; 7] = [
    "okta.com",
    "oktapreview.com",
    "okta-emea.com",
    "okta-gov.com",
    "okta.mil",
    "okta-miltest.com",
    "trexcloud.com",
];
const GATEWAY: &str = "aigateway.cequence.ai";

impl Address {
    /// Reads a URL. `callbacks` are the gateway's: their hosts are the gateway. `None` for what is no absolute URL.
    pub fn of(url: &str, callbacks: &[Callback]) -> Option<Self> {
        let (scheme, rest) = url.split_once(':')?;
        if scheme.is_empty()
            || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        {
            return None;
        }
        let rest = rest.strip_prefix("//")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        let path = rest.get(end..).unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
        if host.is_empty() && path.is_empty() {
            return None;
        }
        let server = server_in(path);
        let name = without_port(&host);
        let loopback = matches!(name, "localhost" | "[::1]") || name.starts_with("127.");
        // A tunnel, or the demo org: a client that listens here has no `/oauth2/{server}/v1/…`.
        let owner = if loopback && server.is_some() && path.contains("/v1/") {
            Host::Okta
        } else if loopback {
            Host::Loopback
        } else if is_below(name, GATEWAY)
            || callbacks.iter().any(|c| host_of(&c.uri).as_deref() == Some(name))
        {
            Host::Gateway
        } else if OKTA.iter().any(|okta| is_below(name, okta)) || server.is_some() {
            Host::Okta
        } else {
            Host::Foreign
        };
        Some(Self {
            scheme: Clean::new(&scheme.to_ascii_lowercase()),
            host: Clean::new(&host),
            owner,
            path: Clean::new(path),
            server,
        })
    }

    /// What a request to it is for. `names` are the names of its parameters.
    pub fn endpoint(&self, names: &[&str], callbacks: &[Callback]) -> Endpoint {
        let path = self.path.as_str();
        let has = |name: &str| names.contains(&name);
        let is_callback = callbacks.iter().any(|c| same_place(&c.uri, self))
            || path.contains("callback")
            || (has("state") && (has("code") || has("error")) && !has("client_id"))
            // Okta gives an error back without its state where that was missing or too short.
            || (has("error") && has("error_description") && !has("client_id"));
        let tail = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if path.contains("/.well-known/oauth-protected-resource") {
            Endpoint::ResourceMetadata
        } else if path.contains("/.well-known/")
            || (tail == "keys" && self.server.is_some())
            || tail == "jwks"
        {
            Endpoint::Metadata
        } else if is_callback && tail != "authorize" {
            Endpoint::Callback
        } else if matches!(tail, "authorize" | "authorization") || (has("response_type") && has("client_id"))
        {
            Endpoint::Authorize
        } else if tail == "token" && !path.starts_with("/api/") {
            Endpoint::Token
        } else if matches!(tail, "userinfo" | "introspect" | "revoke") {
            Endpoint::Use
        } else if tail == "register" || (tail == "clients" && path.contains("/oauth2/")) {
            Endpoint::Register
        } else if matches!(tail, "logout" | "signout") {
            Endpoint::Logout
        } else if self.owner == Host::Okta {
            self.of_okta(path)
        } else if matches!(tail, "mcp" | "sse") {
            Endpoint::Mcp
        } else if self.owner == Host::Gateway {
            Endpoint::Gateway
        } else {
            Endpoint::Other
        }
    }

    fn of_okta(&self, path: &str) -> Endpoint {
        if path.starts_with("/api/v1/authn") || path.starts_with("/api/v1/sessions") {
            Endpoint::SignIn
        } else if path.starts_with("/api/v1/") {
            Endpoint::OktaApi
        } else if ["/login", "/signin", "/idp/", "/app/", "/user/", "/sso/", "/auth/"]
            .iter()
            .any(|p| path.starts_with(p))
            || path.is_empty()
            || path == "/"
        {
            Endpoint::SignIn
        } else {
            Endpoint::Other
        }
    }

    /// The leg that a request to it belongs to.
    pub fn leg(&self, endpoint: Endpoint) -> Leg {
        match (self.owner, endpoint) {
            (Host::Okta, _) => Leg::GatewayToOkta,
            // The gateway's callback stands under `/outbound/`: the gateway is Okta's client there. Its other addresses are its own
            // authorization server and its MCP servers.
            (Host::Gateway, Endpoint::Callback) => Leg::GatewayToOkta,
            (Host::Gateway, _) | (_, Endpoint::Mcp | Endpoint::ResourceMetadata) => Leg::ClientToGateway,
            (Host::Loopback, Endpoint::Callback) => Leg::ClientToGateway,
            _ if self.scheme.as_str() != "http" && self.scheme.as_str() != "https" => Leg::ClientToGateway,
            _ => Leg::Unknown,
        }
    }
}

/// The server that a path of Okta's names.
fn server_in(path: &str) -> Option<ServerName> {
    let rest = path.strip_prefix("/oauth2/")?;
    let first = rest.split('/').next().unwrap_or_default();
    match first {
        "" => None,
        "v1" => Some(ServerName::Org),
        id if id.starts_with('.') => Some(ServerName::Org),
        id => Some(ServerName::Custom(Clean::new(id))),
    }
}

fn is_below(name: &str, domain: &str) -> bool {
    name == domain || name.strip_suffix(domain).is_some_and(|head| head.ends_with('.'))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

/// The host of a URL, in lower case and without its port.
pub(super) fn host_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.to_ascii_lowercase();
    Some(without_port(&host).to_owned())
}

fn same_place(uri: &str, address: &Address) -> bool {
    let Some((_, rest)) = uri.split_once("://") else { return false };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    host.eq_ignore_ascii_case(address.host.as_str())
        && path.split(['?', '#']).next() == Some(address.path.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(url: &str) -> (Host, Endpoint, Leg) {
        let address = Address::of(url, &[]).unwrap();
        let pairs = crate::flow::trace::lift::pairs(url);
        let names: Vec<&str> = pairs.iter().map(|(n, _)| n.as_str()).collect();
        let endpoint = address.endpoint(&names, &[]);
        (address.owner, endpoint, address.leg(endpoint))
    }

    #[test]
    fn an_address_tells_whose_it_is_and_what_for() {
        use {Endpoint as E, Host as H, Leg as L};
        for (url, expected) in [
            (
                "https://acme.okta.com/oauth2/default/v1/authorize?client_id=a",
                (H::Okta, E::Authorize, L::GatewayToOkta),
            ),
            ("https://login.acme.example/oauth2/aus1/v1/token", (H::Okta, E::Token, L::GatewayToOkta)),
            (
                "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback?code=a",
                (H::Gateway, E::Callback, L::GatewayToOkta),
            ),
            ("https://mcp.aigateway.cequence.ai/mcp", (H::Gateway, E::Mcp, L::ClientToGateway)),
            (
                "http://127.0.0.1:33418/callback?error=x&state=y",
                (H::Loopback, E::Callback, L::ClientToGateway),
            ),
            (
                "cursor://anysphere.cursor-mcp/oauth/callback?code=1",
                (H::Foreign, E::Callback, L::ClientToGateway),
            ),
            ("https://acme.okta.com/login/login.htm?fromURI=x", (H::Okta, E::SignIn, L::GatewayToOkta)),
            ("https://acme.okta.com.evil.example/x", (H::Foreign, E::Other, L::Unknown)),
            (
                "https://mcp.example/.well-known/oauth-protected-resource/mcp",
                (H::Foreign, E::ResourceMetadata, L::ClientToGateway),
            ),
        ] {
            assert_eq!(read(url), expected, "{url}");
        }
    }

    #[test]
    fn the_server_is_read_from_the_path() {
        let server = |url: &str| Address::of(url, &[]).unwrap().server;
        assert_eq!(server("https://a.okta.com/oauth2/v1/token"), Some(ServerName::Org));
        assert_eq!(
            server("https://a.okta.com/oauth2/default/v1/token"),
            Some(ServerName::Custom("default".into()))
        );
        assert_eq!(server("https://a.okta.com/login"), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(url in any::<String>()) {
            let _ = Address::of(&url, &[]).map(|a| a.endpoint(&[], &[]));
        }
    }
}
