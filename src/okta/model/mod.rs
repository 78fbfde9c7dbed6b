//! Okta's objects as values: no client, no socket. Pure; names only `text`.
//!
//! Objects that we write back ([`App`], [`Policy`], [`Rule`]) keep every field they were read with, also those we do not know,
//! because Okta's PUT replaces the whole object.

mod app;
mod directory;
mod error;
mod ids;
mod log;
mod made;
mod org;
mod readable;
mod server;
mod sign_on;
mod token;

pub use app::{
    App, AppGroup, AppStatus, AppUser, Assigned, ClientAuthentication, ClientSecret, RefreshRotation,
};
pub use directory::{Factor, Group, GroupKind, Role, User, UserStatus};
pub use error::{ApiError, NetKind, Problem};
pub use ids::{AppId, ClientId, GroupId, PolicyId, RuleId, SecretId, ServerId, UserId};
pub use log::{LogEvent, LogResult};
pub use made::CallMade;
pub use org::{BucketState, Engine, Identity, OrgFacts};
pub use readable::Readable;
pub use server::{Discovery, Lifetimes, Policy, Rule, Scope, Server, ServerKind};
pub use sign_on::{Asks, SignOn, SignOnRule, Simulated, Simulation};
pub use token::{TokenFault, TokenProblem};
