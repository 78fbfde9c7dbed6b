//! `/api/v1/authn`: primary authentication by password, then a one-time code where the global session policy asks for one.

use super::Traffic;
use super::call::{Answer, Call, Reply};
use super::clock::rfc3339;
use super::error;
use super::keys;
use super::log::Event;
use super::people::{CHO, Person, Status};
use super::servers::text;
use super::state::{Org, Pending, Session};
use super::users::factor_id;
use http::Method;
use serde_json::{Value, json};

/// Lifetime of a state token and of a session token, seconds.
const SECONDS: i64 = 300;

/// How a password was received.
pub(super) enum Password {
    Right(Box<Person>),
    /// Right, but it must be changed first.
    Expired(Box<Person>),
    /// Wrong, unknown, locked, suspended or never activated: Okta tells none of them apart.
    Refused,
}

/// Judges a password and writes the log.
pub(super) fn check(call: &Call, org: &mut Org, login: &str, password: &str) -> Password {
    let person = org.find_person(login);
    let right = person.as_ref().filter(|p| org.password(p.n) == password && !password.is_empty()).cloned();
    let reason = match (&person, &right) {
        (None, _) => "VERIFICATION_ERROR",
        (Some(p), _) if p.status == Status::LockedOut => "LOCKED_OUT",
        (Some(_), None) => "INVALID_CREDENTIALS",
        (_, Some(p)) if p.status == Status::Active => return Password::Right(Box::new(p.clone())),
        (_, Some(p)) if p.status == Status::PasswordExpired => return Password::Expired(Box::new(p.clone())),
        (_, Some(_)) => "INVALID_CREDENTIALS",
    };
    let mut event = Event::failure("user.session.start", "User login to Okta", reason);
    if let Some(person) = &person {
        event = event.by_person(person);
    }
    org.record(call, event);
    Password::Refused
}

/// Whether `passcode` is the person's current one (one step of clock difference either way), unused so far.
pub(super) fn check_code(call: &Call, org: &mut Org, person: &Person, passcode: &str) -> bool {
    let (secret, now) = (org.totp_secret(), org.now());
    let step = [-1, 0, 1].map(|off| now.div_euclid(30) + off);
    let matching =
        step.into_iter().find(|step| person.n == CHO && keys::totp(&secret, step * 30) == passcode);
    let last = org.used_codes.get(&person.n).copied().unwrap_or(i64::MIN);
    let accepted = matching.filter(|step| *step > last);
    if let Some(step) = accepted {
        org.used_codes.insert(person.n, step);
    }
    let kind = "user.authentication.auth_via_mfa";
    let event = match (accepted, matching) {
        (Some(_), _) => Event::success(kind, "Authentication of user via MFA"),
        (None, Some(_)) => Event::failure(kind, "Authentication of user via MFA", "PASSCODE_REPLAYED"),
        (None, None) => Event::failure(kind, "Authentication of user via MFA", "INVALID_CREDENTIALS"),
    };
    org.record(call, event.by_person(person).debug("factor", "GOOGLE_AUTH"));
    accepted.is_some()
}

/// Signs a person in.
pub(super) fn session(call: &Call, org: &mut Org, person: &Person, with_code: bool) -> Session {
    let methods = if with_code { vec!["mfa", "otp", "pwd"] } else { vec!["pwd"] };
    let session =
        Session { person: person.n, since: org.now(), methods, id: format!("idx{}", Org::unguessable(22)) };
    org.record(
        call,
        Event::success("user.session.start", "User login to Okta").by_person(person).session(&session.id),
    );
    session
}

/// `/api/v1/authn…`
pub(super) fn route(call: &Call, org: &mut Org, rest: &[&str]) -> Answer {
    if call.method != Method::POST {
        return Err(error::okta(405, "E0000022"));
    }
    match rest {
        [] => primary(call, org),
        ["factors", factor, "verify"] => verify(call, org, factor),
        ["cancel"] => {
            let body = call.json()?;
            match org.pending.remove(&text(&body, "stateToken")) {
                Some(_) => Reply::ok(json!({})),
                None => Err(error::okta(401, "E0000011")),
            }
        }
        ["credentials", "change_password"] => change_password(call, org),
        _ => Err(error::okta(404, "E0000008")),
    }
}

fn show_user(person: &Person) -> Value {
    json!({
        "id": person.id, "passwordChanged": "2025-01-15T08:00:00.000Z",
        "profile": {
            "login": person.login, "firstName": person.first, "lastName": person.last, "locale": "en",
            "timeZone": "America/Los_Angeles",
        },
    })
}

fn hold(org: &mut Org, person: &Person) -> (String, String) {
    let token = format!("00{}", Org::unguessable(40));
    let expires = org.now() + SECONDS;
    org.pending.insert(token.clone(), Pending { person: Some(person.n), expires, authorize: None });
    (token, rfc3339(expires * 1000))
}

fn primary(call: &Call, org: &mut Org) -> Answer {
    let body = call.json()?;
    let login = text(&body, "username");
    // Four a second for one user name; the demo's clock speed does not change it.
    let now = org.clock.millis();
    let second = Traffic { window_ms: 1_000, ..Traffic::default() };
    if !org.limits.count(&format!("authn {login}"), 4, &second, now).allowed {
        return Err(error::okta(429, "E0000047"));
    }
    match check(call, org, &login, &text(&body, "password")) {
        Password::Refused => Err(error::okta(401, "E0000004")),
        Password::Expired(person) => {
            let (token, expires) = hold(org, &person);
            let next = format!("{}/api/v1/authn/credentials/change_password", call.base);
            Reply::ok(json!({
                "stateToken": token, "expiresAt": expires, "status": "PASSWORD_EXPIRED",
                "_embedded": { "user": show_user(&person), "policy": { "complexity": { "minLength": 8 } } },
                "_links": {
                    "next": { "name": "changePassword", "href": next, "hints": { "allow": ["POST"] } },
                    "cancel": { "href": format!("{}/api/v1/authn/cancel", call.base), "hints": { "allow": ["POST"] } },
                },
            }))
        }
        Password::Right(person) if org.session_needs_code(person.n) => Ok(ask_for_code(call, org, &person)),
        Password::Right(person) => Ok(success(call, org, &person, false)),
    }
}

fn ask_for_code(call: &Call, org: &mut Org, person: &Person) -> Reply {
    let (token, expires) = hold(org, person);
    let cancel =
        json!({ "href": format!("{}/api/v1/authn/cancel", call.base), "hints": { "allow": ["POST"] } });
    if person.n != CHO {
        // Nobody else has a factor: Okta would have them enrol one first.
        return Reply::json(
            200,
            json!({
                "stateToken": token, "expiresAt": expires, "status": "MFA_ENROLL",
                "_embedded": { "user": show_user(person), "factors": [] }, "_links": { "cancel": cancel },
            }),
        );
    }
    let id = factor_id(org);
    let verify = format!("{}/api/v1/authn/factors/{id}/verify", call.base);
    Reply::json(
        200,
        json!({
            "stateToken": token, "expiresAt": expires, "status": "MFA_REQUIRED",
            "_embedded": {
                "user": show_user(person),
                "factors": [{
                    "id": id, "factorType": "token:software:totp", "provider": "GOOGLE", "vendorName": "GOOGLE",
                    "profile": { "credentialId": person.login },
                    "_links": { "verify": { "href": verify, "hints": { "allow": ["POST"] } } },
                }],
                "policy": { "allowRememberDevice": false, "rememberDeviceLifetimeInMinutes": 0, "rememberDeviceByDefault": false },
            },
            "_links": { "cancel": cancel },
        }),
    )
}

fn success(call: &Call, org: &mut Org, person: &Person, with_code: bool) -> Reply {
    let session = session(call, org, person, with_code);
    let token = format!("20111{}", Org::unguessable(40));
    let expires = org.now() + SECONDS;
    org.session_tokens.insert(token.clone(), (session, expires));
    Reply::json(
        200,
        json!({
            "status": "SUCCESS", "sessionToken": token, "expiresAt": rfc3339(expires * 1000),
            "_embedded": { "user": show_user(person) },
        }),
    )
}

fn held(org: &Org, token: &str) -> Result<Person, Reply> {
    let now = org.now();
    let pending = org.pending.get(token).filter(|p| p.expires > now);
    pending.and_then(|p| p.person).and_then(|n| org.person(n)).ok_or_else(|| error::okta(401, "E0000011"))
}

fn verify(call: &Call, org: &mut Org, factor: &str) -> Answer {
    let body = call.json()?;
    let token = text(&body, "stateToken");
    let person = held(org, &token)?;
    if factor != factor_id(org) || person.n != CHO {
        return Err(error::not_found(factor, "UserFactor"));
    }
    if !check_code(call, org, &person, &text(&body, "passCode")) {
        return Err(error::with_summary(
            403,
            "E0000068",
            "Invalid Passcode/Answer",
            json!([{ "errorSummary": "Your token doesn't match our records. Please try again." }]),
        ));
    }
    org.pending.remove(&token);
    Ok(success(call, org, &person, true))
}

fn change_password(call: &Call, org: &mut Org) -> Answer {
    let body = call.json()?;
    let token = text(&body, "stateToken");
    let person = held(org, &token)?;
    if person.status != Status::PasswordExpired || text(&body, "oldPassword") != org.password(person.n) {
        return Err(error::okta(403, "E0000006"));
    }
    let new = text(&body, "newPassword");
    if new.chars().count() < 8 {
        return Err(error::validation(
            "password",
            "newPassword: The password must have at least 8 characters",
        ));
    }
    org.passwords.insert(person.n, new);
    org.status.insert(person.n, Status::Active);
    org.pending.remove(&token);
    let person = org.person(person.n).unwrap_or(person);
    Ok(success(call, org, &person, false))
}
