//! Step 5: authorization server, scopes, access policy, MCP servers.

use super::super::{Check, Context, Edit, Field, Setup, Severity};
use super::otherwise_ok;
use crate::okta::model::{Readable, ServerKind};
use crate::text::Clean;
use Severity::{Fail, Info, Warn};

/// The scopes that every authorization server of Okta knows without being told (Okta, OpenID Connect reserved scopes).
const RESERVED: [&str; 8] =
    ["openid", "profile", "email", "address", "phone", "offline_access", "device_sso", "groups"];

pub(super) fn check(setup: &Setup, context: &Context, out: &mut Vec<Check>) {
    let server = setup.authorization_server.kind();
    self::server(setup, server.as_ref(), context, out);
    otherwise_ok(out, "server", Field::Server, "Both URLs of the gateway's form come from this server.");
    scopes(setup, server.as_ref(), context, out);
    if !out.iter().any(|c| matches!(c.field, Field::Scope(_)) && c.severity >= Warn) {
        otherwise_ok(out, "scopes", Field::Scopes, "The gateway asks for these.");
        if let Some(ok) = out.last_mut().filter(|c| c.name == "scopes") {
            ok.why = Some(API_SCOPES_TAB.to_owned());
        }
    }
    policy(setup, server.as_ref(), out);
    mcp_servers(setup, out);
}

const API_SCOPES_TAB: &str = "The guide's tab Okta API Scopes lists okta.* scopes for managing Okta: there is nothing \
    to grant there. openid, profile and email belong to the authorization server, which \
    offers them to every app.";

fn server(setup: &Setup, server: Option<&ServerKind>, context: &Context, out: &mut Vec<Check>) {
    let check = |rule, severity, sentence: &str| Check::new(rule, Field::Server, severity, sentence);
    let id = Clean::new(&setup.authorization_server.id);
    let to_org = |check: Check| check.fix("use the org's own server", Edit::SetServer("org".into()));
    let Some(server) = server else {
        let sentence = if setup.authorization_server.id.trim().is_empty() {
            "No authorization server is chosen.".to_owned()
        } else {
            format!("\"{id}\" is no id of a server: org, default, or an id as aus1a2b3c4 is.")
        };
        return out
            .push(check("server-id", Fail, &sentence).fix("use default", Edit::SetServer("default".into())));
    };
    if let (ServerKind::Custom(wanted), Some(list)) = (server, context.servers.known())
        && let Some(found) =
            list.iter().find(|s| s.id == *wanted || wanted.as_str() == "default" && s.is_default)
        && !found.active
    {
        out.push(to_org(check(
            "server-inactive",
            Fail,
            "This authorization server is deactivated: activate it in Okta under Security > \
            API, or choose another.",
        )));
    }
    match &context.discovery {
        Readable::Known(None) => {
            let sentence =
                format!("This org has no authorization server \"{id}\": sign-in would end in a 404.");
            let why = "Custom servers, default included, exist only with Okta's API Access \
                Management or in a free org.";
            let found = check("server-missing", Fail, &sentence).why(why);
            out.push(if *server == ServerKind::Org { found } else { to_org(found) });
        }
        Readable::Known(Some(found)) => {
            let wanted = "authorization_code";
            // RFC 8414 §2: a server that does not say takes authorization_code.
            if !found.grant_types_supported.is_empty()
                && !found.grant_types_supported.iter().any(|g| g == wanted)
            {
                out.push(check(
                    "server-grant",
                    Fail,
                    "This authorization server does not offer the authorization code grant.",
                ));
            }
        }
        Readable::Forbidden(error) | Readable::Failed(error) => {
            let sentence = format!("Whether this server exists could not be found out: {error}.");
            out.push(check("server-unread", Warn, &sentence));
        }
        Readable::NotAsked => {}
    }
    if *server == ServerKind::Org {
        let sentence = "Access tokens of the org's own server are for Okta's APIs: the gateway may use \
            them for sign-in and userinfo, and nobody else can check them.";
        out.push(check("server-org", Info, sentence).why(
            "Okta may change their contents at any time. There is no access policy and no \
            custom scope on this server.",
        ));
    }
}

/// RFC 6749 §3.3, scope-token: printable ASCII but space, `"` and `\`.
fn is_scope_token(s: &str) -> bool {
    !s.is_empty() && s.chars().all(|c| matches!(c, '!' | '#'..='[' | ']'..='~'))
}

fn scopes(setup: &Setup, server: Option<&ServerKind>, context: &Context, out: &mut Vec<Check>) {
    let list = &setup.authorization_server.scopes;
    let whole = |rule, severity, sentence: &str| Check::new(rule, Field::Scopes, severity, sentence);
    let defaults = || Setup::default().authorization_server.scopes;
    if list.iter().all(|s| s.trim().is_empty()) {
        let sentence = "The gateway would ask for no scope, and Okta refuses that.";
        return out.push(
            whole("scopes-empty", Fail, sentence)
                .fix("ask for email, profile and openid", Edit::SetScopes(defaults())),
        );
    }
    if !list.iter().any(|s| s == "openid") {
        let sentence =
            "The scope openid is missing: there is no ID token without it, and nobody is signed in.";
        out.push(
            whole("scope-openid", Fail, sentence)
                .why("OpenID Connect Core §3.1.2.1.")
                .fix("add the scope openid", Edit::AddScope("openid".into())),
        );
    }
    for (row, scope) in list.iter().enumerate() {
        let field = Field::Scope(row);
        let remove = |check: Check| {
            let others = list.iter().filter(|s| *s != scope).cloned().collect();
            check.fix("leave this scope out", Edit::SetScopes(others))
        };
        let check = |rule, severity, sentence: String| Check::new(rule, field, severity, sentence);
        let shown = Clean::new(scope);
        let offered = offered(scope, context);
        if scope.trim().is_empty() {
            out.push(remove(check("scope-blank", Fail, "This row names no scope.".into())));
        } else if let Some(pieces) = pasted_list(scope).filter(|_| offered != Some(true)) {
            let mut split: Vec<String> = Vec::new();
            for s in list
                .iter()
                .enumerate()
                .flat_map(|(at, s)| if at == row { pieces.clone() } else { vec![s.clone()] })
            {
                if !split.contains(&s) {
                    split.push(s);
                }
            }
            let sentence = format!("\"{shown}\" is one scope to Okta, and several to you: one row for each.");
            out.push(
                check("scope-separator", Fail, sentence)
                    .why(
                        "Scopes are separated by blanks on the wire (RFC 6749 §3.3) and stand one by \
                one in the gateway's JSON array.",
                    )
                    .fix("make it several", Edit::SetScopes(split)),
            );
        } else if !is_scope_token(scope) {
            let sentence = format!(
                "\"{shown}\" has a character that no scope has: printable ASCII without \
                    blank, \" and \\ is allowed (RFC 6749 §3.3)."
            );
            out.push(remove(check("scope-characters", Fail, sentence)));
        } else if list.iter().take(row).any(|s| s == scope) {
            let rows = list.iter().enumerate().filter(|(at, _)| *at != row);
            out.push(
                check("scope-twice", Warn, format!("{shown} is named twice."))
                    .fix("remove this row", Edit::SetScopes(rows.map(|(_, s)| s.clone()).collect())),
            );
        } else if scope.starts_with("okta.") {
            let sentence = format!(
                "{shown} is for managing Okta itself: the gateway needs none of these, \
                    and a Super Admin would have to grant it."
            );
            out.push(remove(check("scope-management", Warn, sentence)));
        } else if server == Some(&ServerKind::Org) && !RESERVED.contains(&scope.as_str()) {
            let sentence = format!(
                "The org's own server has no scope of yours: Okta answers \"Custom scopes \
                    are not allowed for this request\" to {shown}."
            );
            out.push(remove(check("scope-custom-at-org", Fail, sentence)));
        } else if offered == Some(false) {
            out.push(not_offered(scope, field, context, |c| if scope == "openid" { c } else { remove(c) }));
        } else if consent_wanted(scope, context) {
            let sentence = format!("People may be asked whether they agree to {shown}.");
            out.push(check("scope-consent", Info, sentence).why(
                "Its consent is REQUIRED or FLEXIBLE on this server; an app that is trusted \
                (consent_method TRUSTED) skips the question.",
            ));
        }
    }
}

/// The pieces, where somebody pasted several scopes into one row.
fn pasted_list(scope: &str) -> Option<Vec<String>> {
    let separator = |c: char| c == ',' || c == ';' || c.is_whitespace();
    let quotes: &[_] = &['"', '\'', '[', ']'];
    let pieces: Vec<String> =
        scope.split(separator).map(|s| s.trim_matches(quotes).to_owned()).filter(|s| !s.is_empty()).collect();
    (scope.contains(separator) && !pieces.is_empty() && pieces.iter().all(|s| is_scope_token(s)))
        .then_some(pieces)
}

/// Whether the chosen server has that scope; `None` when nobody knows.
fn offered(scope: &str, context: &Context) -> Option<bool> {
    if let Some(list) = context.scopes.known() {
        return Some(list.iter().any(|s| s.name.as_str() == scope));
    }
    let found = context.discovery.known()?.as_ref()?;
    (!found.scopes_supported.is_empty()).then(|| found.scopes_supported.iter().any(|s| s == scope))
}

fn not_offered(scope: &str, field: Field, context: &Context, offer: impl Fn(Check) -> Check) -> Check {
    let shown = Clean::new(scope);
    offer(if context.scopes.known().is_some() {
        let sentence = format!(
            "This authorization server has no scope {shown}: Okta answers invalid_scope to the whole request."
        );
        Check::new("scope-not-offered", field, Fail, sentence)
    } else {
        let sentence = format!(
            "This authorization server does not publish the scope {shown}. Where it has \
                none, Okta answers invalid_scope to the whole request."
        );
        Check::new("scope-not-offered", field, Warn, sentence).why(
            "Discovery lists only scopes that are published; the full list could not be \
                read with this session.",
        )
    })
}

fn consent_wanted(scope: &str, context: &Context) -> bool {
    context.scopes.known().is_some_and(|list| list.iter().any(|s| s.name.as_str() == scope && s.consent))
}

fn policy(setup: &Setup, server: Option<&ServerKind>, out: &mut Vec<Check>) {
    if matches!(server, Some(ServerKind::Custom(_))) && !setup.authorization_server.access_policy {
        let sentence = "No access policy will be made: sign-in works only if one of that server covers \
            this client already.";
        out.push(Check::new("access-policy", Field::AccessPolicy, Info, sentence).why(
            "Without one Okta answers access_denied, and its log says no_matching_policy. The \
            default server of a free org has none.",
        ));
    }
}

fn mcp_servers(setup: &Setup, out: &mut Vec<Check>) {
    for (row, server) in setup.mcp_servers.iter().enumerate() {
        let field = Field::McpServer(row);
        let remove = Edit::RemoveMcpServer { row, from: server.name.clone() };
        if server.name.trim().is_empty() {
            out.push(
                Check::new("mcp-server-blank", field, Warn, "This row names no MCP server.")
                    .fix("remove this row", remove),
            );
        } else if setup.mcp_servers.iter().take(row).any(|s| s.name == server.name) {
            let sentence = format!("{} is named twice.", Clean::new(&server.name));
            out.push(Check::new("mcp-server-twice", field, Warn, sentence).fix("remove this row", remove));
        }
        let web = |u: &url::Url| matches!(u.scheme(), "http" | "https");
        if !server.url.is_empty() && !url::Url::parse(&server.url).is_ok_and(|u| web(&u)) {
            let sentence = format!("\"{}\" is no URL: it begins with https://.", Clean::new(&server.url));
            out.push(Check::new("mcp-server-url", field, Warn, sentence));
        }
    }
}
