//! People and groups.

use super::{PAGE, Pages, Reader, if_found};
use crate::okta::call::Call;
use crate::okta::decode;
use crate::okta::model::{ApiError, Factor, Group, GroupId, User, UserId};

/// Leaves out parts of a person that no list shows, which makes Okta's lists quicker.
const LEAN: &str =
    r#"application/json; okta-response="omitCredentials,omitCredentialsLinks,omitTransitioningToStatus""#;

/// Which people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeopleQuery {
    /// Everybody but the deactivated; as of now.
    All,
    /// Those whose login, e-mail, first or last name begins with this, the deactivated among them. Okta's search lags behind
    /// changes by seconds: good for finding, not for deciding.
    Search(String),
    /// The one with exactly this login, the deactivated included; as of now.
    Login(String),
    /// Those with exactly this e-mail address, the deactivated included; as of now. Several may share one.
    Email(String),
}

/// Which groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupQuery {
    /// All.
    All,
    /// Those whose name begins with this. Lags behind changes by seconds.
    Search(String),
}

impl Reader {
    /// People, 200 a page.
    pub fn people(&self, query: PeopleQuery) -> Pages<User> {
        let call = Call::get(&["api", "v1", "users"]).with("limit", PAGE).content_type(LEAN);
        let call = match query {
            PeopleQuery::All => call,
            PeopleQuery::Search(text) => {
                call.with("search", begins_with(&["login", "email", "firstName", "lastName"], &text))
            }
            PeopleQuery::Login(login) => call.with("filter", format!("profile.login eq {}", quoted(&login))),
            PeopleQuery::Email(email) => call.with("filter", format!("profile.email eq {}", quoted(&email))),
        };
        self.pages(call, decode::user).quickly(decode::users)
    }

    /// One person by id or login, `None` if there is none.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn person(&self, id_or_login: &str) -> Result<Option<User>, ApiError> {
        // Okta finds a login with a slash, or one that is only dots, in no path.
        if id_or_login.contains('/') || id_or_login.chars().all(|c| c == '.') {
            let found = self.people(PeopleQuery::Login(id_or_login.to_owned())).all().await?;
            return Ok(found.into_iter().next());
        }
        let call = Call::get(&["api", "v1", "users", id_or_login]).content_type(LEAN);
        if_found(self.one(call, decode::user).await)
    }

    /// The groups that a person is in, Everyone among them. Okta does not page this list.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn person_groups(&self, user: &UserId) -> Result<Vec<Group>, ApiError> {
        self.pages(Call::get(&["api", "v1", "users", user.as_str(), "groups"]), decode::group).all().await
    }

    /// The factors that a person has enrolled and the present policy allows, as seen from this machine's network.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn factors(&self, user: &UserId) -> Result<Vec<Factor>, ApiError> {
        self.pages(Call::get(&["api", "v1", "users", user.as_str(), "factors"]), decode::factor).all().await
    }

    /// Groups, 200 a page. With `counts` each carries its number of members, which makes Okta slow.
    pub fn groups(&self, query: GroupQuery, counts: bool) -> Pages<Group> {
        let mut call = Call::get(&["api", "v1", "groups"]).with("limit", PAGE);
        if let GroupQuery::Search(text) = query {
            call = call.with("search", begins_with(&["name"], &text));
        }
        if counts {
            call = call.with("expand", "stats");
        }
        self.pages(call, decode::group)
    }

    /// One group.
    ///
    /// # Errors
    /// Those of the call; 404 if there is none.
    pub async fn group(&self, id: &GroupId) -> Result<Group, ApiError> {
        self.one(Call::get(&["api", "v1", "groups", id.as_str()]), decode::group).await
    }

    /// One group with its member count, which Okta tells in lists only; `None` if there is none.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn counted_group(&self, id: &GroupId) -> Result<Option<Group>, ApiError> {
        let filter = format!("id eq {}", quoted(id.as_str()));
        let call = Call::get(&["api", "v1", "groups"]).with("filter", filter).with("expand", "stats");
        Ok(self.pages(call, decode::group).all().await?.into_iter().find(|g| g.id == *id))
    }

    /// The groups with exactly this name, with their member counts. Live, not through the search index: a group that was made a
    /// moment ago is found. Names need not be unique. (Okta's `q` matches beginnings, knows no pages and answers at most 300.)
    ///
    /// # Errors
    /// Those of the call.
    pub async fn groups_named(&self, name: &str) -> Result<Vec<Group>, ApiError> {
        let call =
            Call::get(&["api", "v1", "groups"]).with("q", name).with("limit", "300").with("expand", "stats");
        let wanted = crate::text::Clean::new(name);
        let mut groups = self.pages(call, decode::group).all().await?;
        groups.retain(|g| g.name == wanted);
        Ok(groups)
    }

    /// The built-in group of everybody. `None` if this session does not see it: a group administrator does not.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn everyone(&self) -> Result<Option<Group>, ApiError> {
        // By type, since "Everyone EU" is a name that anybody can give; there are other built-in groups besides.
        let call =
            Call::get(&["api", "v1", "groups"]).with("limit", PAGE).with("filter", r#"type eq "BUILT_IN""#);
        let built_in = self.pages(call, decode::group).all().await?;
        Ok(built_in.into_iter().find(Group::is_everyone))
    }

    /// The members of a group, 200 a page.
    pub fn group_members(&self, group: &GroupId) -> Pages<User> {
        let call = Call::get(&["api", "v1", "groups", group.as_str(), "users"]).with("limit", PAGE);
        self.pages(call.content_type(LEAN), decode::user).quickly(decode::users)
    }
}

/// A search expression: any of these profile attributes begins with `text`.
fn begins_with(attributes: &[&str], text: &str) -> String {
    let text = quoted(text);
    let terms: Vec<String> = attributes.iter().map(|a| format!("profile.{a} sw {text}")).collect();
    terms.join(" or ")
}

/// A string of Okta's filter language (SCIM, RFC 7644 §3.4.2.2: a JSON string).
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_cannot_leave_its_quotes() {
        assert_eq!(
            begins_with(&["name"], r#"a" or status eq "X\"#),
            r#"profile.name sw "a\" or status eq \"X\\""#
        );
    }
}
