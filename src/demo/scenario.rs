//! What the org can play: how it behaves, and the ways in which one app of it can be broken.

use super::UnknownName;
use std::str::FromStr;

/// How the org behaves; may be switched while it runs. Up to [`Self::AssignedTwiceConflict`] they are about the whole org; each after
/// it sets up the app `Practice Gateway` and breaks it in one way, the person being `ana` where one matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scenario {
    /// The catch-all app sign-in rule asks for one factor.
    #[default]
    Plain,
    /// The catch-all app sign-in rule asks for two factors: a password alone ends in `login_required`.
    MfaRequired,
    /// The global session policy asks everybody for a one-time code; only `cho` has one.
    SessionMfa,
    /// Rate limits of an Integrator Free org, halved for an API token: ten app calls a minute.
    FreeOrg,
    /// Without API Access Management: no custom authorization server, not even `default`.
    NoApiAccessManagement,
    /// The `default` authorization server has no access policy, as in a new Integrator Free org.
    DefaultWithoutPolicy,
    /// A second app with the same label is refused with E0000040.
    UniqueLabels,
    /// Assigning a person twice answers 409 E0000062 instead of 200.
    AssignedTwiceConflict,
    /// The app is there and works.
    Practice,
    /// The registered redirect URI ends in a slash.
    RedirectSlash,
    /// The registered redirect URI is `http`.
    RedirectScheme,
    /// The registered redirect URI has a capital letter.
    RedirectCase,
    /// The registered redirect URI names the port.
    RedirectPort,
    /// The registered redirect URI is another gateway's.
    RedirectHost,
    /// Nobody is assigned.
    NotAssigned,
    /// Only a group that the person is not in is assigned.
    OtherGroup,
    /// The person is suspended.
    PersonSuspended,
    /// The person is locked out.
    PersonLocked,
    /// The app is deactivated.
    AppInactive,
    /// No access policy names the client.
    PolicyWithoutClient,
    /// The rule allows only client credentials.
    PolicyWithoutGrant,
    /// The rule allows only `openid`.
    PolicyWithoutScope,
    /// The rule is for a group that the person is not in.
    PolicyWithoutPerson,
    /// The `default` server is deactivated.
    ServerInactive,
    /// The app has only `client_credentials` among its grant types.
    GrantMissing,
    /// The app has no `refresh_token` among its grant types.
    RefreshNotGranted,
    /// The secret that the gateway was given is inactive; another took its place.
    SecretInactive,
    /// The app wants the secret in the body; the gateway sends it in a header.
    AuthMethod,
    /// The app demands PKCE.
    PkceRequired,
    /// The app demands DPoP.
    DpopRequired,
    /// Codes are expired when they arrive.
    CodeExpired,
    /// Something between browser and gateway redeems the code first.
    CodeUsed,
    /// The verifier never fits the challenge.
    VerifierWrong,
    /// A refresh token counts as used before.
    RefreshReused,
    /// Okta's clock and this machine's are ten minutes apart.
    ClockSkew,
    /// The authorize endpoint is at its limit.
    RateLimited,
    /// A proxy answers the token request with a web page.
    HtmlForJson,
    /// The client may be used from certain addresses only.
    NetworkZone,
    /// The app's sign-in rule asks for a managed device.
    ManagedDevice,
    /// Federation Broker Mode: assignments say nothing, and everybody passes.
    FederationBroker,
    /// The `default` server's issuer is on a custom domain.
    CustomDomain,
    /// The person was taken out of the group by which they had the app.
    GroupLost,
    /// The org is deactivated: every call is refused.
    OrgDeactivated,
}

const ALL: &[(Scenario, &str, &str)] = &[
    (Scenario::Plain, "plain", "one factor is enough"),
    (Scenario::MfaRequired, "mfa-required", "the app's sign-in rule asks for two factors"),
    (Scenario::SessionMfa, "session-mfa", "the global session policy asks everybody for a one-time code"),
    (Scenario::FreeOrg, "free-org", "rate limits of an Integrator Free org"),
    (Scenario::NoApiAccessManagement, "no-api-access-management", "only the org authorization server exists"),
    (Scenario::DefaultWithoutPolicy, "default-without-policy", "the default server has no access policy"),
    (Scenario::UniqueLabels, "unique-labels", "two apps cannot have the same label"),
    (Scenario::AssignedTwiceConflict, "assigned-twice-conflict", "a repeated assignment answers 409"),
    (Scenario::Practice, "practice", "the app Practice Gateway is there, and works"),
    (Scenario::RedirectSlash, "redirect-slash", "the registered redirect URI ends in a slash"),
    (Scenario::RedirectScheme, "redirect-scheme", "the registered redirect URI begins with http"),
    (Scenario::RedirectCase, "redirect-case", "the registered redirect URI has a capital letter"),
    (Scenario::RedirectPort, "redirect-port", "the registered redirect URI names the port"),
    (Scenario::RedirectHost, "redirect-host", "the registered redirect URI is of another host"),
    (Scenario::NotAssigned, "not-assigned", "nobody is assigned to the app"),
    (Scenario::OtherGroup, "other-group", "only a group that ana is not in is assigned to the app"),
    (Scenario::PersonSuspended, "person-suspended", "ana is suspended"),
    (Scenario::PersonLocked, "person-locked", "ana is locked out"),
    (Scenario::AppInactive, "app-inactive", "the app is deactivated"),
    (Scenario::PolicyWithoutClient, "policy-without-client", "no access policy covers the app"),
    (Scenario::PolicyWithoutGrant, "policy-without-grant", "the access rule leaves Authorization Code out"),
    (Scenario::PolicyWithoutScope, "policy-without-scope", "the access rule allows openid alone"),
    (Scenario::PolicyWithoutPerson, "policy-without-person", "the access rule is for a group without ana"),
    (Scenario::ServerInactive, "server-inactive", "the default authorization server is deactivated"),
    (Scenario::GrantMissing, "grant-missing", "the app may not use Authorization Code"),
    (Scenario::RefreshNotGranted, "refresh-not-granted", "the app may not use Refresh Token"),
    (Scenario::SecretInactive, "secret-inactive", "the gateway has a secret that is no longer active"),
    (Scenario::AuthMethod, "auth-method", "the app wants its secret in the body, not in a header"),
    (Scenario::PkceRequired, "pkce-required", "the app demands PKCE, which the gateway may not send"),
    (Scenario::DpopRequired, "dpop-required", "the app demands DPoP"),
    (Scenario::CodeExpired, "code-expired", "codes are too old when they are redeemed"),
    (Scenario::CodeUsed, "code-used", "something else redeems each code first"),
    (Scenario::VerifierWrong, "verifier-wrong", "the PKCE verifier does not fit the challenge"),
    (Scenario::RefreshReused, "refresh-reused", "a rotated refresh token is used again"),
    (Scenario::ClockSkew, "clock-skew", "the clocks of Okta and of this machine are ten minutes apart"),
    (Scenario::RateLimited, "rate-limited", "the app's sign-ins are over Okta's rate limit"),
    (Scenario::HtmlForJson, "html-for-json", "a proxy answers the token request with a web page"),
    (Scenario::NetworkZone, "network-zone", "the app may be used from certain addresses only"),
    (Scenario::ManagedDevice, "managed-device", "the app's sign-in rule asks for a managed device"),
    (Scenario::FederationBroker, "federation-broker", "everybody passes, assigned or not"),
    (Scenario::CustomDomain, "custom-domain", "the default server's issuer is on a custom domain"),
    (Scenario::GroupLost, "group-lost", "ana was taken out of the group that has the app"),
    (Scenario::OrgDeactivated, "org-deactivated", "the org is deactivated, and refuses every call"),
];

impl Scenario {
    /// Every scenario's name with half a sentence.
    pub fn list() -> impl Iterator<Item = (&'static str, &'static str)> {
        ALL.iter().map(|(_, name, what)| (*name, *what))
    }

    /// The kebab-case name.
    pub fn name(self) -> &'static str {
        ALL.iter().find(|(scenario, _, _)| *scenario == self).map_or("plain", |(_, name, _)| name)
    }

    /// Whether it sets up the app `Practice Gateway`.
    pub(super) fn has_practice_app(self) -> bool {
        !matches!(
            self,
            Self::Plain
                | Self::MfaRequired
                | Self::SessionMfa
                | Self::FreeOrg
                | Self::NoApiAccessManagement
                | Self::DefaultWithoutPolicy
                | Self::UniqueLabels
                | Self::AssignedTwiceConflict
        )
    }
}

impl FromStr for Scenario {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = ALL.iter().find(|(_, name, _)| *name == text).map(|(scenario, _, _)| *scenario);
        found.ok_or_else(|| {
            let known: Vec<&str> = Self::list().map(|(name, _)| name).collect();
            UnknownName { given: text.to_owned(), known: known.join(", ") }
        })
    }
}
