//! The web pages: sign-in without JavaScript, the page of a refused redirect URI, the form that posts an answer.

use super::authn::{self, Password};
use super::authorize;
use super::call::{Answer, Call, Reply, first};
use super::error as errors;
use super::people::{CHO, Person};
use super::state::{Org, Session};
use http::Method;

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <style>body{{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:4rem auto;padding:0 1rem}}\
         label{{display:block;margin:1rem 0 .25rem}}input{{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}}\
         button{{font:inherit;margin-top:1rem;padding:.4rem 1rem}}.wrong{{color:#a00}}</style></head>\
         <body><h1>{title}</h1>{body}</body></html>\n"
    )
}

fn wrong(text: Option<&str>) -> String {
    text.map(|t| format!("<p class=\"wrong\" role=\"alert\">{}</p>", escape(t))).unwrap_or_default()
}

/// User name and password.
pub(super) fn password(state_token: &str, login: &str, fault: Option<&str>) -> String {
    page(
        "Sign in to Acme (demo)",
        &format!(
            "{}<form method=\"post\" action=\"/login/password\"><input type=\"hidden\" name=\"stateToken\" value=\"{}\">\
             <label for=\"username\">Username</label><input id=\"username\" name=\"username\" value=\"{}\" autocomplete=\"username\">\
             <label for=\"password\">Password</label><input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\">\
             <button type=\"submit\">Sign in</button></form>",
            wrong(fault),
            escape(state_token),
            escape(login)
        ),
    )
}

fn code(state_token: &str, fault: Option<&str>) -> String {
    page(
        "Enter a code",
        &format!(
            "{}<form method=\"post\" action=\"/login/code\"><input type=\"hidden\" name=\"stateToken\" value=\"{}\">\
             <label for=\"passCode\">Code from your authenticator app</label>\
             <input id=\"passCode\" name=\"passCode\" inputmode=\"numeric\" autocomplete=\"one-time-code\">\
             <button type=\"submit\">Verify</button></form>",
            wrong(fault),
            escape(state_token)
        ),
    )
}

/// Where the code of a device is entered.
pub(super) fn activate(user_code: &str, fault: Option<&str>) -> String {
    page(
        "Activate your device (demo)",
        &format!(
            "{}<form method=\"post\" action=\"/activate\">\
             <label for=\"user_code\">Code on your device</label><input id=\"user_code\" name=\"user_code\" value=\"{}\" autocomplete=\"off\">\
             <label for=\"username\">Username</label><input id=\"username\" name=\"username\" autocomplete=\"username\">\
             <label for=\"password\">Password</label><input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\">\
             <button type=\"submit\" name=\"answer\" value=\"yes\">Activate</button> \
             <button type=\"submit\" name=\"answer\" value=\"no\">Refuse</button></form>",
            wrong(fault),
            escape(user_code)
        ),
    )
}

/// A page that only says something.
pub(super) fn told(title: &str, text: &str) -> String {
    page(&escape(title), &format!("<p>{}</p>", escape(text)))
}

/// A page that ends the flow at Okta.
pub(super) fn error(status: &str, code: &str, description: &str) -> String {
    page(
        &escape(status),
        &format!("<p>Error Code: {}</p><p>Description: {}</p>", escape(code), escape(description)),
    )
}

/// The redirect URI is not one of the client's.
pub(super) fn bad_redirect(base: &str, app_id: &str) -> String {
    error(
        "400",
        "invalid_request",
        &format!(
            "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: \
             {base}/admin/app/oidc_client/instance/{app_id}#tab-general"
        ),
    )
}

/// `response_mode=form_post` (OAuth 2.0 Form Post Response Mode).
pub(super) fn form_post(action: &str, pairs: &[(&str, &str)]) -> String {
    let fields: String = pairs
        .iter()
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
        })
        .collect();
    page(
        "Signing you in",
        &format!(
            "<form id=\"appForm\" method=\"post\" action=\"{}\">{fields}<button type=\"submit\">Continue</button></form>\
             <script>document.getElementById('appForm').submit()</script>",
            escape(action)
        ),
    )
}

/// `/login/…`: the two forms of the sign-in page.
pub(super) fn route(call: &Call, org: &mut Org, segments: &[&str]) -> Answer {
    if call.method != Method::POST {
        return Err(errors::okta(405, "E0000022"));
    }
    let form = call.form();
    let get = |name: &str| first(&form, name).unwrap_or_default();
    let token = get("stateToken").to_owned();
    let now = org.now();
    let Some(pending) = org.pending.get(&token).filter(|p| p.expires > now).cloned() else {
        return Err(Reply::html(
            400,
            error(
                "400",
                "session_expired",
                "Your sign-in took too long. Go back to the app and start again.",
            ),
        ));
    };
    match segments {
        ["login", "password"] => {
            let login = get("username").to_owned();
            match authn::check(call, org, &login, get("password")) {
                Password::Refused => {
                    Ok(Reply::html(401, password(&token, &login, Some("Unable to sign in"))))
                }
                Password::Expired(_) => {
                    let text = "Your password has expired. Change it, then start again.";
                    Ok(Reply::html(403, error("403", "password_expired", text)))
                }
                Password::Right(person) => {
                    let needs_code = org.session_needs_code(person.n) || org.app_needs_two_factors();
                    if !needs_code {
                        let session = authn::session(call, org, &person, false);
                        return Ok(finish(call, org, &token, &session));
                    }
                    if person.n != CHO {
                        let text = "The sign-in policy asks for a second factor and you have none enrolled.";
                        return Ok(Reply::html(403, error("403", "mfa_enroll_required", text)));
                    }
                    Ok(hold_for_code(org, &token, &person))
                }
            }
        }
        ["login", "code"] => {
            let Some(person) = pending.person.and_then(|n| org.person(n)) else {
                return Ok(Reply::html(400, password(&token, "", Some("Enter your password first"))));
            };
            if !authn::check_code(call, org, &person, get("passCode")) {
                return Ok(Reply::html(
                    403,
                    code(&token, Some("Your code doesn't match. Wait for the next one.")),
                ));
            }
            let session = authn::session(call, org, &person, true);
            Ok(finish(call, org, &token, &session))
        }
        _ => Err(errors::okta(404, "E0000008")),
    }
}

fn hold_for_code(org: &mut Org, token: &str, person: &Person) -> Reply {
    if let Some(pending) = org.pending.get_mut(token) {
        pending.person = Some(person.n);
    }
    Reply::html(200, code(token, None))
}

/// The person is known: back to the waiting authorize request.
fn finish(call: &Call, org: &mut Org, token: &str, session: &Session) -> Reply {
    let cookie = authorize::keep_session(org, session);
    let waiting = org.pending.remove(token).and_then(|p| p.authorize);
    match waiting {
        Some(request) => authorize::grant(call, org, &request, session).with("set-cookie", cookie),
        None => Reply::html(200, error("200", "signed in", "You are signed in.")).with("set-cookie", cookie),
    }
}
