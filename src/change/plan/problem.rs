//! What stands in the way of a plan.

use crate::okta::model::AppId;
use crate::text::Clean;

/// Why there is no plan. `Display` is what happened; [`PlanProblem::fix`] is what helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanProblem {
    /// The name is empty.
    #[error("The app has no name")]
    NoName,
    /// No redirect URI: a web application needs at least one (Okta, Applications API).
    #[error("There is no redirect URI")]
    NoRedirectUri,
    /// The server's name is no identifier.
    #[error("\"{0}\" is no authorization server's id")]
    BadServer(Clean),
    /// Its discovery document is not there.
    #[error("This org has no active authorization server \"{0}\"")]
    NoServer(Clean),
    /// No scope is asked for.
    #[error("No scope is asked for")]
    NoScopes,
    /// `private_key_jwt` on an app that holds no public key.
    #[error("The method private_key_jwt needs a public key in the app, and there is none")]
    NoKey,
    /// `none` on a web application.
    #[error("A web application proves who it is at the token endpoint; \"none\" is for public clients")]
    PublicClient,
    /// The app that the draft is about is not there.
    #[error("The app {0} is no longer in this org")]
    AppGone(AppId),
    /// The app is of another type, which Okta does not let change.
    #[error("\"{0}\" is not an OIDC web application")]
    NotWebApp(Clean),
    /// A group that the Setup names.
    #[error("There is no group \"{0}\"")]
    GroupNotFound(Clean),
    /// A group's name that is not unique.
    #[error("{count} groups have the name \"{name}\"")]
    GroupAmbiguous {
        /// The name.
        name: Clean,
        /// How many there are.
        count: usize,
    },
    /// A person whom the Setup names.
    #[error("There is nobody with the login \"{0}\"")]
    PersonNotFound(Clean),
    /// The built-in group could not be read.
    #[error("The built-in group Everyone could not be read: {0}")]
    EveryoneNotReadable(Clean),
    /// The client secrets may not or could not be read.
    #[error("The client secrets could not be read: {0}")]
    SecretsNotReadable(Clean),
    /// A third secret.
    #[error("The app has two client secrets already")]
    TwoSecrets,
    /// The last one that works.
    #[error("{0} is the only active client secret")]
    OnlyActiveSecret(Clean),
    /// Okta deletes inactive ones only.
    #[error("The client secret {0} is active")]
    SecretActive(Clean),
    /// The Setup wants what an ask takes away.
    #[error("{0} is both wanted and to be removed")]
    Contradiction(Clean),
}

impl PlanProblem {
    /// What helps, in a sentence.
    pub fn fix(&self) -> String {
        match self {
            Self::NoName => "Give it a name in step 1.".into(),
            Self::NoRedirectUri => "Add the gateway's callback in step 3.".into(),
            Self::BadServer(_) => "Choose org, default or a listed server in step 5.".into(),
            Self::NoServer(_) => {
                "Choose another one in step 5: the org's own server is always there. A custom one may be inactive, or missing because the org lacks API Access Management.".into()
            }
            Self::NoScopes => "Name at least openid in step 5.".into(),
            Self::NoKey => "Choose client_secret_basic in step 2, or put a key into the app in the Admin Console first.".into(),
            Self::PublicClient => "Choose client_secret_basic in step 2.".into(),
            Self::AppGone(_) => "Start a new app, or choose another one from the list.".into(),
            Self::NotWebApp(_) => "Okta fixes the type when an app is made: make a new app, or choose another one.".into(),
            Self::GroupNotFound(_) => "Check the name in step 4, letter by letter; a Group Administrator sees only their own groups.".into(),
            Self::GroupAmbiguous { .. } => "Rename one of them in Okta, or assign people by name.".into(),
            Self::PersonNotFound(_) => "Check the login in step 4; it is often the e-mail address, and not always.".into(),
            Self::EveryoneNotReadable(_) => {
                "A Group Administrator does not see Everyone. Connect with another token, or limit access to groups in step 4.".into()
            }
            Self::SecretsNotReadable(_) => {
                "Connect with a token whose role has okta.apps.clientCredentials.read, or rotate in the Admin Console.".into()
            }
            Self::TwoSecrets => "Okta keeps two at most: deactivate and delete the one that nobody uses first.".into(),
            Self::OnlyActiveSecret(_) => "Make a second one first, or nobody gets a token any more.".into(),
            Self::SecretActive(_) => "Deactivate it first; Okta deletes inactive ones only.".into(),
            Self::Contradiction(_) => "Keep it or remove it; press u on the removal to take it back.".into(),
        }
    }
}
