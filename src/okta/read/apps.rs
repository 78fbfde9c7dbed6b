//! App integrations, their secrets, and who is assigned to them.

use super::{PAGE, Pages, Reader, if_found};
use crate::okta::call::Call;
use crate::okta::decode;
use crate::okta::model::{ApiError, App, AppGroup, AppId, AppUser, ClientSecret, GroupId, User, UserId};

const APPS: [&str; 3] = ["api", "v1", "apps"];

fn below<'a>(app: &'a AppId, rest: &[&'a str]) -> Vec<&'a str> {
    [&APPS, [app.as_str()].as_slice(), rest].concat()
}

impl Reader {
    /// Every OpenID Connect app, inactive ones too; with `q` those whose label begins with it. One call of the narrow `apps`
    /// bucket for each 200 apps that the filter leaves.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn apps(&self, q: Option<&str>) -> Result<Vec<App>, ApiError> {
        // `name` is the kind of app here, not its label: every custom OpenID Connect app is an `oidc_client`.
        let mut call = self.app_list().with("filter", r#"name eq "oidc_client""#);
        if let Some(q) = q.filter(|q| !q.is_empty()) {
            call = call.with("q", q);
        }
        let mut apps = self.pages(call, decode::listed_app).all().await?;
        apps.retain(App::is_oidc);
        Ok(apps)
    }

    /// Every app, of any kind and status, whose label is exactly this one. Okta lets labels repeat, so there may be several.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn find_apps_by_label(&self, label: &str) -> Result<Vec<App>, ApiError> {
        let call = self.app_list().with("q", label);
        let mut apps = self.pages(call, decode::listed_app).all().await?;
        apps.retain(|app| app.raw_label() == label);
        Ok(apps)
    }

    fn app_list(&self) -> Call {
        Call::get(&APPS).with("limit", PAGE).with("includeNonDeleted", "true")
    }

    /// One app. It never contains the client secret; [`Reader::secrets`] has it.
    ///
    /// # Errors
    /// Those of the call; 404 if there is none.
    pub async fn app(&self, id: &AppId) -> Result<App, ApiError> {
        self.one(Call::get(&below(id, &[])), decode::listed_app).await
    }

    /// The app's client secrets, at most two, with their values where the session may see them. Okta writes an event
    /// (`app.oauth2.client.read_client_secret`) into the System Log each time.
    ///
    /// # Errors
    /// Those of the call; 403 without the permission to read client credentials.
    pub async fn secrets(&self, app: &AppId) -> Result<Vec<ClientSecret>, ApiError> {
        self.pages(Call::get(&below(app, &["credentials", "secrets"])), decode::client_secret).all().await
    }

    /// The people assigned to an app, directly or through a group. In Federation Broker Mode it says nothing of who may sign in.
    pub fn app_users(&self, app: &AppId) -> Pages<AppUser> {
        self.pages(Call::get(&below(app, &["users"])).with("limit", "500"), decode::app_user)
    }

    /// The people assigned to an app, each with the person where Okta embeds them: one call for 500 rather than one for each login.
    pub fn app_people(&self, app: &AppId) -> Pages<(AppUser, Option<User>)> {
        let call = Call::get(&below(app, &["users"])).with("limit", "500").with("expand", "user");
        self.pages(call, decode::app_person)
    }

    /// One person's assignment to an app, `None` if there is none.
    ///
    /// # Errors
    /// Those of the call. A missing app is a 404 like a missing assignment, and is `None` too.
    pub async fn app_user(&self, app: &AppId, user: &UserId) -> Result<Option<AppUser>, ApiError> {
        if_found(self.one(Call::get(&below(app, &["users", user.as_str()])), decode::app_user).await)
    }

    /// One group's assignment to an app, `None` if there is none.
    ///
    /// # Errors
    /// Those of the call. A missing app is a 404 like a missing assignment, and is `None` too.
    pub async fn app_group(&self, app: &AppId, group: &GroupId) -> Result<Option<AppGroup>, ApiError> {
        let call = Call::get(&below(app, &["groups", group.as_str()])).with("expand", "group");
        if_found(self.one(call, decode::app_group).await)
    }

    /// The groups assigned to an app, with their names.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn app_groups(&self, app: &AppId) -> Result<Vec<AppGroup>, ApiError> {
        // The default page of 20 hides groups from whoever does not follow links. `expand` is part of each `next` link.
        let call = Call::get(&below(app, &["groups"])).with("limit", PAGE).with("expand", "group");
        self.pages(call, decode::app_group).all().await
    }
}
