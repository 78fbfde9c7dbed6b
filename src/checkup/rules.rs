//! The rules, one function for each part of the configuration. Each says something only where it has something to say.

use super::{Facts, Finding, Harm, Who};
use crate::okta::model::{
    ApiError, AppStatus, Asks, ClientAuthentication, Engine, Lifetimes, Readable, ServerKind,
};
use crate::policy::Cover;
use crate::setup::{self, Edit, Fix, RedirectUri, Severity};
use crate::text::{Clean, plural, thousands};
use jiff::SignedDuration;

/// From how many days on a secret is old. Okta names no number; a year is what audits ask for.
const OLD_SECRET_DAYS: i64 = 365;
/// How long two active secrets side by side are a rotation, and not one that was forgotten.
const ROTATION_DAYS: i64 = 30;
/// The longest life of an access token that needs no word, in minutes: Okta's own default.
const LONG_ACCESS: u64 = 60;
/// After how many days without a sign-in an assignment seems unused: as long as the System Log goes back.
const SILENT_DAYS: i64 = 90;
/// Up to how many people are named.
const NAMED: usize = 5;

pub(super) fn all(facts: &Facts) -> Vec<Finding> {
    let mut out = Vec::new();
    app(facts, &mut out);
    client(facts, &mut out);
    server(facts, &mut out);
    assignments(facts, &mut out);
    silent(facts, &mut out);
    secrets(facts, &mut out);
    sign_in_policy(facts, &mut out);
    setup_checks(facts, &mut out);
    out
}

fn finding(rule: &'static str, harm: Harm, title: impl Into<String>) -> Finding {
    Finding {
        rule,
        harm,
        title: title.into(),
        evidence: Vec::new(),
        why: String::new(),
        help: String::new(),
        fix: None,
        step: None,
        who: Who::OktaAdmin,
        source: "",
    }
}

impl Finding {
    fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }
    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
    fn saw(mut self, evidence: impl IntoIterator<Item = String>) -> Self {
        self.evidence.extend(evidence);
        self
    }
    fn from(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }
    fn on_step(mut self, step: u8) -> Self {
        self.step = Some(step);
        self
    }
}

/// What could not be read, as a finding; nothing for what was read or not asked for.
fn not_read<T>(what: &'static str, part: &Readable<T>, needs: &str, out: &mut Vec<Finding>) {
    let error: &ApiError = match part {
        Readable::Forbidden(e) | Readable::Failed(e) => e,
        Readable::Known(_) | Readable::NotAsked => return,
    };
    out.push(
        finding("not-readable", Harm::NotRead, format!("The {what} could not be read."))
            .saw([error.to_string()])
            .why("What is not seen is not judged: this check-up says nothing about it.")
            .help(needs),
    );
}

fn app(facts: &Facts, out: &mut Vec<Finding>) {
    let app = &facts.app;
    if app.status() == AppStatus::Inactive {
        out.push(
            finding("app-inactive", Harm::Everybody, "The app is inactive.")
                .why("Okta refuses its client id until it is activated, and its tokens are dead.")
                .help("The plan activates it. Look at the journal or Okta's log first for who deactivated it, and why.")
                .from("Okta, Applications API: lifecycle"),
        );
    }
    if !app.is_oidc_web() {
        out.push(
            finding("not-a-web-app", Harm::Everybody, "The app is no OIDC web application.")
                .why("The gateway keeps a client secret and receives the code at a callback of its own: that is a web application.")
                .help("Set up a new app; the type of an app cannot be changed.")
                .from("Okta, Create an OIDC app integration"),
        );
    }
    if app.federation_broker() {
        out.push(
            finding("federation-broker", Harm::Exposed, "Federation Broker Mode is on: assignments have no effect.")
                .why("Every active person of the org passes, assigned or not, and the access review cannot see them.")
                .help("Switch it off in the Admin Console (the app's General tab) where access is to be limited; assign first.")
                .from("Okta, Federation Broker Mode")
                .on_step(4),
        );
    }
    if app.at("/settings/oauthClient/network/connection").and_then(|v| v.as_str()) == Some("ZONE") {
        out.push(
            finding("network-zone", Harm::Everybody, "The app may be used from certain network zones only.")
                .why("The gateway's token request comes from the gateway's own address. Outside the zones Okta answers 403 (disallowed_network_zone), while a test from another place may pass.")
                .help("See that the gateway's outgoing addresses are in the zones: Admin Console, the app's General tab, and Security > Networks.")
                .from("Okta, error codes: disallowed_network_zone"),
        );
    }
    let consent = app.at("/settings/oauthClient/consent_method").and_then(|v| v.as_str());
    if consent == Some("REQUIRED") {
        out.push(
            finding("consent", Harm::Note, "People are asked for their consent at the first sign-in.")
                .why("It is asked for where a scope of the server asks for consent too.")
                .help("Nothing, if that is meant. Trusted apps of one's own do without: General tab, User consent.")
                .from("Okta, User consent for OAuth 2.0"),
        );
    }
}

fn client(facts: &Facts, out: &mut Vec<Finding>) {
    let app = &facts.app;
    let grants = app.grant_types();
    let has = |grant: &str| grants.iter().any(|g| g == grant);
    if !has("authorization_code") {
        out.push(
            finding("no-code-grant", Harm::Everybody, "The authorization code grant is off.")
                .saw([format!("Grants: {}", Clean::new(&grants.join(", ")))])
                .why("It is the one that the gateway signs people in with.")
                .help("Plan again: the plan switches it on.")
                .from("RFC 6749 §4.1")
                .on_step(2),
        );
    }
    for (grant, section) in [
        ("implicit", "RFC 9700 §2.1.2: tokens in a redirect leak through history, logs and referrers"),
        ("password", "RFC 9700 §2.4: the client sees the password, and no second factor is asked for"),
    ] {
        if has(grant) {
            out.push(
                finding("weak-grant", Harm::Exposed, format!("The {grant} grant is on."))
                    .why("The gateway does not use it, and whoever has the client id may try it.")
                    .help("Switch it off in the Admin Console (General tab, Grant type); plans leave what they do not know as it is.")
                    .from(section)
                    .on_step(2),
            );
        }
    }
    if app.wildcard_redirect() {
        out.push(
            finding(
                "wildcard-redirect",
                Harm::Exposed,
                "Redirect URIs may have a wildcard for the subdomain.",
            )
            .why("Whoever gets hold of any subdomain receives people's codes.")
            .help("List each callback by itself (step 3), then switch the wildcard off in the Admin Console.")
            .from("RFC 9700 §2.1: exact string matching")
            .on_step(3),
        );
    }
    let uris = app.redirect_uris();
    if let Some(callback) = facts.context.callbacks.first()
        && !uris.is_empty()
        && !facts.context.callbacks.iter().any(|known| uris.contains(&known.uri))
    {
        let harm = if facts.callbacks_told { Harm::Everybody } else { Harm::Later };
        let (environment, uri) = (callback.environment.clone(), callback.uri.clone());
        let mut missing = finding("no-gateway-callback", harm, "No redirect URI is a callback of the gateway known here.")
            .saw(uris.iter().map(|uri| Clean::new(uri).to_string()))
            .saw([format!("known: {}", Clean::new(&uri))])
            .why("Okta compares byte for byte: with another one in the gateway's form, every sign-in ends at Okta's error page.")
            .help("Compare them with the form's redirectUri, and add what is missing in step 3.")
            .from("RFC 9700 §2.1: exact string matching")
            .on_step(3);
        missing.fix = Some(Fix {
            title: "add the gateway's callback".into(),
            edit: Edit::AddRedirectUri(RedirectUri { environment, uri }),
        });
        out.push(missing);
    }
    let here: Vec<String> = app.redirect_uris().into_iter().filter(|uri| is_loopback(uri)).collect();
    if !here.is_empty() && facts.prod {
        out.push(
            finding("loopback-redirect", Harm::Later, "A redirect URI leads to the browser's own machine.")
                .saw(here.iter().map(|uri| Clean::new(uri).to_string()))
                .why("It is for tests. Where it stays, another program on somebody's machine can receive a code.")
                .help("Remove it in step 3. oktui takes back those that it added for a test.")
                .from("RFC 8252 §8.3")
                .on_step(3),
        );
    }
    if app.dpop_bound() {
        let mut dpop = finding("dpop", Harm::Everybody, "The app demands DPoP: token requests without a proof are refused.")
            .why("The gateway's form has no field for it; unless the gateway sends proofs, no sign-in is finished.")
            .help("Switch it off in the Admin Console (General tab), or have the gateway team confirm that it sends DPoP.")
            .from("RFC 9449 §5");
        dpop.who = Who::GatewayTeam;
        out.push(dpop);
    }
    match app.client_authentication() {
        Some(ClientAuthentication::None) => out.push(
            finding("public-client", Harm::Exposed, "The client does not prove itself.")
                .why("Anybody who has the client id can exchange a stolen code. PKCE alone protects it then.")
                .help("Choose client_secret_basic or client_secret_post in step 2; the gateway's form takes the secret.")
                .from("RFC 9700 §2.5")
                .on_step(2),
        ),
        Some(ClientAuthentication::PrivateKeyJwt) => {
            let mut key = finding("key-client", Harm::Some, "The client proves itself with a key, and the gateway's form takes a secret.")
                .why("Unless the gateway holds that key by another way, its token requests are refused.")
                .help("Choose client_secret_basic in step 2, or have the gateway team confirm where the key is.")
                .from("RFC 7523 §2.2")
                .on_step(2);
            key.who = Who::GatewayTeam;
            out.push(key);
        }
        _ => {}
    }
    if !app.pkce_required() {
        out.push(
            finding("pkce-optional", Harm::Note, "PKCE is checked when it is sent, and not demanded.")
                .why("Demanding it protects codes even from a client that forgets it; a gateway that does not send it is refused then.")
                .help("Once a test of the gateway's own sign-in shows a code_challenge, switch it on in step 2.")
                .from("RFC 9700 §2.1.1")
                .on_step(2),
        );
    }
}

/// Whether a redirect URI leads to the machine that the browser runs on.
fn is_loopback(uri: &str) -> bool {
    let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://")).unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(h, _)| h);
    matches!(host, "localhost" | "[::1]") || host.starts_with("127.")
}

fn server(facts: &Facts, out: &mut Vec<Finding>) {
    let name = facts.server.as_str();
    if let Readable::Known(None) = facts.context.discovery {
        out.push(
            finding(
                "no-server",
                Harm::Everybody,
                format!("There is no authorization server \"{name}\" in this org."),
            )
            .why("Both URLs in the gateway's form lead to it.")
            .help(
                "Choose another one in step 5. An org without API Access Management has its own server only.",
            )
            .from("Okta, Authorization servers")
            .on_step(5),
        );
        return;
    }
    not_read(
        "discovery document",
        &facts.context.discovery,
        "Check the network, and that the server is active.",
        out,
    );
    if facts.server == ServerKind::Org {
        let servers = facts.context.servers.known().into_iter().flatten();
        if servers.into_iter().any(|server| server.is_default && !server.active) {
            out.push(
                finding("default-server-inactive", Harm::Some, "The default authorization server is inactive.")
                    .why("Where the gateway's form leads to /oauth2/default, every sign-in ends with an error. This check-up took the org's own server.")
                    .help("Activate it in Okta (Security > API), or use the URLs of another server in the form.")
                    .from("Okta, Authorization servers: lifecycle"),
            );
        }
        return;
    }
    not_read(
        "access policies of the authorization server",
        &facts.policies,
        "They need the role Super Administrator, API Access Management Administrator or Read-only Administrator.",
        out,
    );
    match facts.cover() {
        Some(Cover::No { why }) => out.push(
            finding("no-policy", Harm::Everybody, format!("{} Okta answers access_denied.", why.sentence()))
                .saw([format!("server {name}")])
                .why("A custom authorization server gives tokens only where a rule of its policies says so.")
                .help("Switch the access policy on in step 5 and plan: the plan makes one for this client alone.")
                .from("Okta, Configure an access policy")
                .on_step(5),
        ),
        Some(Cover::SomePeopleOnly { policy, rule, groups, users }) => out.push(
            finding("policy-for-some", Harm::Some, "The access policy lets only some people through.")
                .saw([format!(
                    "Policy \"{policy}\", rule \"{rule}\": {} and {}",
                    plural(groups.len(), "group"),
                    people(users.len())
                )])
                .why("Whoever is assigned and not named there signs in and is refused.")
                .help("Compare its groups with the app's; oktui why tells it for one person.")
                .from("Okta, Configure an access policy")
                .on_step(5),
        ),
        Some(Cover::Yes { policy, rule }) => lifetimes(facts, (&policy, &rule), out),
        None => {}
    }
}

fn lifetimes(facts: &Facts, named: (&Clean, &Clean), out: &mut Vec<Finding>) {
    let policies = facts.policies.known().into_iter().flatten();
    let mut rules = policies.filter(|p| p.name() == *named.0).flat_map(|p| &p.rules);
    let Some(rule) = rules.find(|r| r.name() == *named.1) else { return };
    let Lifetimes { access_token, refresh_token, refresh_idle } = rule.lifetimes();
    let policy_name = named.0;
    let place = format!("Policy \"{policy_name}\", rule \"{}\"", rule.name());
    if access_token > LONG_ACCESS {
        out.push(
            finding("long-access-token", Harm::Later, format!("Access tokens live {} minutes.", thousands_of(access_token)))
                .saw([place.clone()])
                .why("A JWT cannot be called back at every resource: who loses access keeps it until the token ends.")
                .help("An hour or less is usual (the rule's access token lifetime, in the Admin Console).")
                .from("RFC 9700 §2.2"),
        );
    }
    let refreshes = facts.setup.grants.refresh_token;
    if refreshes && refresh_token == 0 && refresh_idle == 0 {
        out.push(
            finding("endless-refresh-token", Harm::Later, "Refresh tokens live without end, used or not.")
                .saw([place])
                .why("One that was stolen works until somebody notices.")
                .help("Give them an idle time, such as 7 days (the rule's refresh token lifetime, in the Admin Console).")
                .from("RFC 9700 §4.14"),
        );
    }
}

fn thousands_of(n: u64) -> String {
    thousands(usize::try_from(n).unwrap_or(usize::MAX))
}

fn people(n: usize) -> String {
    if n == 1 { "1 person".into() } else { format!("{} people", thousands(n)) }
}

fn assignments(facts: &Facts, out: &mut Vec<Finding>) {
    let needs = "It needs a role that may see the app's assignments, such as Application Administrator.";
    not_read("app's people", &facts.people, needs, out);
    not_read("app's groups", &facts.groups, needs, out);
    if facts.app.federation_broker() {
        return;
    }
    let (people_known, groups_known) = (facts.people.known(), facts.groups.known());
    if people_known.is_some_and(Vec::is_empty) && groups_known.is_some_and(Vec::is_empty) {
        out.push(
            finding("nobody-assigned", Harm::Everybody, "Nobody is assigned to the app.")
                .why("Okta answers \"User is not assigned to the client application\".")
                .help("Assign a group, or people, in step 4.")
                .from("Okta, Assign app integrations")
                .on_step(4),
        );
    }
    let everyone = facts.everyone.known().map(|g| &g.id);
    let all = groups_known.is_some_and(|groups| groups.iter().any(|g| Some(&g.id) == everyone));
    if all && facts.prod {
        out.push(
            finding("everyone-in-production", Harm::Exposed, "The built-in group Everyone is assigned, in a production org.")
                .why("Every person of the org may use what is behind the gateway, now and later; also contractors and test accounts.")
                .help("Assign the groups that are meant, then remove Everyone (step 4).")
                .from("Okta, About groups")
                .on_step(4),
        );
    } else if all {
        out.push(
            finding("everyone", Harm::Note, "The built-in group Everyone is assigned.")
                .why("Every person of the org may sign in, now and later.")
                .help("Nothing, if that is meant.")
                .from("Okta, About groups")
                .on_step(4),
        );
    }
    let barred: Vec<String> = people_known
        .into_iter()
        .flatten()
        .filter_map(|(_, person)| person.as_ref())
        .filter(|person| !person.status.can_sign_in())
        .map(|person| format!("{}: {}", person.login, person.status.words()))
        .collect();
    if !barred.is_empty() {
        let more = barred.len().saturating_sub(NAMED);
        let rest = (more > 0).then(|| format!("and {} more: oktui review lists them", thousands(more)));
        out.push(
            finding(
                "assigned-and-barred",
                Harm::Later,
                format!("{} assigned and cannot sign in.", are(barred.len())),
            )
            .saw(barred.into_iter().take(NAMED).chain(rest))
            .why("They keep access for the day when somebody brings the account back.")
            .help("Take the assignments away (oktui review, or step 4), unless they are to come back.")
            .from("Okta, About user account status")
            .on_step(4),
        );
    }
}

/// Assignments that nobody seems to use. When somebody last used this app only the log knows, and no longer than 90 days; when they last
/// signed in to anything stands on the person. Whoever never did may be new.
fn silent(facts: &Facts, out: &mut Vec<Finding>) {
    let Ok(since) = facts.now.checked_sub(SignedDuration::from_hours(24 * SILENT_DAYS)) else { return };
    let people = facts.people.known().into_iter().flatten().filter_map(|(_, person)| person.as_ref());
    let silent: Vec<String> = people
        .filter(|person| person.status.can_sign_in())
        .filter_map(|person| Some((person, person.last_login.filter(|then| *then < since)?)))
        .map(|(person, then)| format!("{}: last signed in {}", person.login, then.strftime("%F")))
        .collect();
    if silent.is_empty() {
        return;
    }
    let more = silent.len().saturating_sub(NAMED);
    let rest = (more > 0).then(|| format!("and {} more: oktui review lists them", thousands(more)));
    let title = match silent.len() {
        1 => format!("1 person has access, and has not signed in to anything for {SILENT_DAYS} days."),
        n => format!(
            "{} people have access, and have not signed in to anything for {SILENT_DAYS} days.",
            thousands(n)
        ),
    };
    out.push(
        finding("assigned-and-silent", Harm::Note, title)
            .saw(silent.into_iter().take(NAMED).chain(rest))
            .why("Access that nobody uses is access that nobody misses when somebody else uses it.")
            .help("Ask whether they still need it, and take away what they do not (step 4, or oktui review).")
            .from("Okta, Access certifications")
            .on_step(4),
    );
}

fn are(n: usize) -> String {
    if n == 1 { "1 person is".into() } else { format!("{} people are", thousands(n)) }
}

fn secrets(facts: &Facts, out: &mut Vec<Finding>) {
    let by_secret = !matches!(
        facts.app.client_authentication(),
        Some(ClientAuthentication::None | ClientAuthentication::PrivateKeyJwt)
    );
    not_read(
        "client secrets",
        &facts.secrets,
        "They need a role with the permission okta.apps.clientCredentials.read.",
        out,
    );
    let Some(secrets) = facts.secrets.known().filter(|_| by_secret) else { return };
    let days = |at: jiff::Timestamp| facts.now.duration_since(at).as_hours() / 24;
    let active: Vec<_> = secrets.iter().filter(|s| s.active).collect();
    if active.is_empty() {
        out.push(
            finding("no-active-secret", Harm::Everybody, "The app has no active client secret.")
                .why("The gateway's token requests are refused with invalid_client.")
                .help("Make one: oktui rotate, or the app's General tab.")
                .from("Okta, Client secret rotation"),
        );
    }
    let oldest = active.iter().filter_map(|s| s.created).min().map(days);
    if active.len() > 1 && oldest.is_some_and(|d| d > ROTATION_DAYS) {
        out.push(
            finding("rotation-not-ended", Harm::Later, "Two client secrets are active, and the older one is not new.")
                .saw(oldest.map(|d| format!("The older one is {} old", plural(usize::try_from(d).unwrap_or(0), "day"))))
                .why("A rotation ends when the old one is deactivated; until then whoever had it still has access.")
                .help("oktui rotate next goes on with it.")
                .from("Okta, Client secret rotation"),
        );
    } else if let Some(d) = oldest.filter(|d| *d > OLD_SECRET_DAYS) {
        out.push(
            finding("old-secret", Harm::Later, "The client secret is older than a year.")
                .saw([format!("{} old", plural(usize::try_from(d).unwrap_or(0), "day"))])
                .why("Everybody who ever saw it can still use it.")
                .help("Rotate it in steps that break nothing: oktui rotate begin.")
                .from("Okta, Client secret rotation"),
        );
    }
}

fn sign_in_policy(facts: &Facts, out: &mut Vec<Finding>) {
    not_read(
        "app's sign-in policy",
        &facts.sign_on,
        "It needs a role that may see policies, such as Read-only Administrator.",
        out,
    );
    if facts.engine == Engine::Classic {
        return;
    }
    let Some(Some(rules)) = facts.sign_on.known() else { return };
    let active: Vec<_> = rules.iter().filter(|r| r.active()).collect();
    if !active.is_empty() && active.iter().all(|r| r.denies()) {
        out.push(
            finding(
                "sign-in-denied",
                Harm::Everybody,
                "Every rule of the app's sign-in policy denies access.",
            )
            .saw(active.iter().map(|r| format!("rule \"{}\"", r.name())))
            .why("Okta refuses everybody at this app, whoever is assigned.")
            .help("Change a rule in Okta under Security > Authentication policies.")
            .from("Okta, App sign-in policies"),
        );
        return;
    }
    let one: Vec<String> = active
        .iter()
        .filter(|r| !r.denies() && r.asks() == Asks::One)
        .map(|r| format!("rule \"{}\"", r.name()))
        .collect();
    if !one.is_empty() {
        let harm = if facts.prod { Harm::Exposed } else { Harm::Note };
        out.push(
            finding("one-factor", harm, "One factor is enough to sign in to this app.")
                .saw(one)
                .why("What is behind the gateway is as safe as a password then.")
                .help("Ask for two in the app's sign-in policy (Security > Authentication policies).")
                .from("Okta, App sign-in policies"),
        );
    }
}

/// The rules of the wizard's five steps, for the app as it is.
fn setup_checks(facts: &Facts, out: &mut Vec<Finding>) {
    let known = |uri: &String| facts.context.callbacks.iter().any(|c| c.uri == *uri);
    // Puts a callback of the gateway in the place of one that differs by a slip.
    let mends = |fix: &Option<Fix>| matches!(fix.as_ref().map(|f| &f.edit), Some(Edit::SetRedirectUri { to, .. }) if known(to));
    for check in setup::checks(&facts.setup, &facts.context) {
        let harm = match check.severity {
            Severity::Fail => Harm::Everybody,
            // Beside the right one a slip hurts nobody yet.
            Severity::Warn if check.name == "near-callback" && !mends(&check.fix) => Harm::Later,
            Severity::Warn if keeps_out(check.name) => Harm::Some,
            Severity::Warn => Harm::Later,
            Severity::Info | Severity::Ok => continue,
        };
        if said_better(check.name) || out.iter().any(|f| same(f.rule, check.name)) {
            continue;
        }
        let mut found = finding(check.name, harm, check.sentence.clone()).on_step(check.step);
        found.why = check.why.clone().unwrap_or_default();
        found.help = match &check.fix {
            Some(fix) => format!("Step {}: {}.", check.step, fix.title),
            None => format!("See step {}.", check.step),
        };
        found.fix = check.fix.clone();
        out.push(found);
    }
    // One that differs by a slip is told with its difference: the right one is missing then, and that is the same mistake.
    if out.iter().any(|f| mends(&f.fix)) {
        out.retain(|f| f.rule != "no-gateway-callback");
    }
}

/// Rules of the wizard that warn of something by which sign-ins fail, if it is not meant.
fn keeps_out(of_step: &str) -> bool {
    of_step.starts_with("redirect-uri")
        || matches!(
            of_step,
            "near-callback"
                | "look-alike"
                | "wrong-list"
                | "pkce-required"
                | "scope-not-offered"
                | "server-grant"
                | "server-inactive"
                | "client-secret-jwt"
        )
}

/// Rules of the wizard that the check-up answers from what is live, also where it finds nothing.
fn said_better(of_step: &str) -> bool {
    matches!(
        of_step,
        "person-status" | "access-policy" | "access-later" | "environment-empty" | "environment-twice"
    )
}

/// Whether a rule of the check-up and one of the wizard's say the same.
fn same(ours: &str, of_step: &str) -> bool {
    matches!(
        (ours, of_step),
        ("federation-broker", "federation-broker")
            | ("everyone" | "everyone-in-production", "access-everyone")
            | ("public-client", "authentication-none")
            | ("key-client", "private-key-jwt")
    )
}
