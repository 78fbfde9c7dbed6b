//! What can be read of an org. Nothing here changes anything in it; one call leaves a trace, and says so.
//!
//! *Forbidden is not empty*: a list that may not be read is an error, never an empty list.

mod apps;
mod directory;
mod logs;
mod pages;
mod servers;
mod sign_on;

pub use directory::{GroupQuery, PeopleQuery};
pub use logs::{KEPT as LOG_KEPT, LogQuery};
pub use pages::Pages;

use super::call::Call;
use super::decode;
use super::model::{ApiError, Identity, OrgFacts};
use super::transport::Transport;
use serde_json::Value;

/// Looks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reader {
    transport: Transport,
}

/// The most that Okta's lists give on one page, where its description names no other number.
const PAGE: &str = "200";

impl Reader {
    /// A reader on that session.
    pub fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// The session it reads with.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// `GET /.well-known/okta-organization`, without the credential: whether there is an org at all, and which engine it runs.
    ///
    /// # Errors
    /// [`ApiError::NotJson`] or [`ApiError::Unreadable`] where something else than an Okta org answers.
    pub async fn org_facts(&self) -> Result<OrgFacts, ApiError> {
        let answer =
            self.transport.send(&Call::get(&[".well-known", "okta-organization"]).anonymous()).await?;
        decode::org_facts(&answer.json()?, self.transport.org_url())
            .ok_or_else(|| answer.unreadable("this is not what an Okta org says of itself"))
    }

    /// `GET /api/v1/users/me` and the roles of that person. The only way to learn whose rights an API token has.
    ///
    /// # Errors
    /// Those of `users/me`. Roles that may not be read (403) are `None`.
    pub async fn identity(&self) -> Result<Identity, ApiError> {
        let user = self.one(Call::get(&["api", "v1", "users", "me"]), decode::user).await?;
        let roles = Call::get(&["api", "v1", "users", user.id.as_str(), "roles"]);
        let roles = match self.pages(roles, decode::role).all().await {
            Ok(roles) => Some(roles),
            Err(e) if e.is_forbidden() => None,
            Err(e) => return Err(e),
        };
        Ok(Identity { user, roles })
    }

    /// Any other GET of the management API, by its path segments: `["api", "v1", "policies", id]`.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn raw_get(
        &self,
        segments: &[&str],
        query: &[(&'static str, &str)],
    ) -> Result<Value, ApiError> {
        let call = query.iter().fold(Call::get(segments), |call, (name, value)| call.with(name, *value));
        self.transport.send(&call).await?.json()
    }

    /// A GET of an address that an answer contained (`_links`). One that is not this org's is refused unsent.
    ///
    /// # Errors
    /// [`ApiError::Net`] with `NotAllowed` for a foreign address, else those of the call.
    pub async fn raw_link(&self, href: &str) -> Result<Value, ApiError> {
        self.transport.send(&Call::follow(href)).await?.json()
    }

    fn pages<T>(&self, first: Call, decode: fn(Value) -> Option<T>) -> Pages<T> {
        Pages::new(&self.transport, first, decode)
    }

    async fn one<T>(&self, call: Call, decode: fn(Value) -> Option<T>) -> Result<T, ApiError> {
        let answer = self.transport.send(&call).await?;
        decode(answer.json()?).ok_or_else(|| answer.unreadable("it is not of the documented shape"))
    }
}

/// 404 as an answer to *is there one?*
fn if_found<T>(result: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e),
    }
}
