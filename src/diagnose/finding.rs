//! What the rules conclude: findings in order, and what would have to be asked.

use super::evidence::Provenance;
use super::need::Need;
use super::redirect::Comparison;
use crate::flow::trace::{Leg, Step};
use crate::text::Clean;
use serde::Serialize;

/// What was made of the evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Diagnosis {
    /// What was recognised, in a few words each.
    pub recognised: Vec<&'static str>,
    /// What follows, the most important first. Never empty.
    pub findings: Vec<Finding>,
    /// What would settle it, not asked or not answered yet.
    pub needs: Vec<Need>,
    /// What could not be looked at, in a sentence each: `could not look at the System Log: needs okta.logs.read`.
    pub could_not_look: Vec<String>,
    /// What could not be read of the evidence itself, in a sentence each.
    pub notes: Vec<String>,
}

impl Diagnosis {
    /// Whether anything is wrong: a finding that is more than a remark.
    pub fn found_wrong(&self) -> bool {
        self.findings.iter().any(|f| f.rank < Rank::Remark)
    }
}

/// One conclusion.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The rule that made it: `redirect.not-registered`.
    pub rule: &'static str,
    /// What happened, in a sentence.
    pub headline: String,
    /// On which leg.
    pub leg: Leg,
    /// At which step of leg 2.
    pub step: Option<Step>,
    /// Why, in sentences.
    pub cause: String,
    /// How far the evidence supports it.
    pub confidence: Confidence,
    /// What was seen.
    pub evidence: Vec<Seen>,
    /// What was expected, and what was there instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saw: Option<Saw>,
    /// Redirect URIs compared character by character.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compared: Vec<Comparison>,
    /// What helps, the best first.
    pub fix: Vec<Fix>,
    /// Who can do the first fix.
    pub who: Who,
    /// Where it is written: RFC and section, or Okta's page.
    pub sources: Vec<&'static str>,
    /// How it ranks among others.
    #[serde(skip)]
    pub rank: Rank,
}

/// How far the evidence supports a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// It stands in the evidence, and nothing else has this symptom.
    Certain,
    /// It is the usual cause of this symptom.
    Likely,
    /// One of several causes.
    Possible,
    /// Nothing can be concluded.
    Unknown,
}

impl Confidence {
    /// The word on screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
            Self::Unknown => "unknown",
        }
    }
}

/// How findings are ordered before their confidence is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// The reason for what a server refused, or for an answer that never came.
    #[default]
    Refused,
    /// It is certain to be refused, though the refusal was not seen.
    WillFail,
    /// It follows from another failure: first only when nothing else was found.
    Consequence,
    /// It works today and is not as it should be.
    Practice,
    /// Nothing is wrong, or nothing is known.
    Remark,
}

/// A line of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// What was seen, secrets masked.
    pub saw: String,
    /// How it is known.
    pub provenance: Provenance,
    /// At which hop, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hop: Option<usize>,
}

/// Expected and actual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Saw {
    /// What should have been there.
    pub expected: Clean,
    /// What was there.
    pub actual: Clean,
}

/// Who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// An administrator of the Okta org.
    OktaAdmin,
    /// Whoever configures the gateway.
    GatewayTeam,
    /// The person who signs in.
    Person,
    /// Whoever runs the MCP client.
    McpClient,
    /// Whoever runs the MCP server or the tool behind the gateway.
    McpServer,
    /// Whoever runs the network between: proxy, firewall, DNS.
    Network,
    /// Whoever looks into it: you.
    You,
}

impl Who {
    /// In words: `Okta administrator`.
    pub fn words(self) -> &'static str {
        match self {
            Self::OktaAdmin => "Okta administrator",
            Self::GatewayTeam => "gateway team",
            Self::Person => "the person who signs in",
            Self::McpClient => "user of the MCP client",
            Self::McpServer => "owner of the MCP server",
            Self::Network => "network team",
            Self::You => "you",
        }
    }
}

/// The kind of change that a plan could make for a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Add a sign-in redirect URI to the app.
    AddRedirectUri,
    /// Assign a person or a group.
    Assign,
    /// Make or widen an access policy of the authorization server.
    AccessPolicy,
    /// Add a scope to the authorization server.
    AddScope,
    /// Switch a grant type of the app on.
    AddGrant,
    /// Switch *Require PKCE* or *Require DPoP* of the app off.
    AppSetting,
    /// Set how the app's client proves itself.
    AuthMethod,
    /// Make a new client secret.
    NewSecret,
    /// Activate the app, the server or the policy.
    Activate,
}

/// One thing that helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// Who can do it.
    pub who: Who,
    /// What to do, in a sentence.
    pub words: &'static str,
    /// The kind of change, where a plan could make it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeKind>,
}

impl Fix {
    /// Something that a person does.
    pub const fn by(who: Who, words: &'static str) -> Self {
        Self { who, words, change: None }
    }

    /// Something that a plan could do in Okta.
    pub const fn plan(change: ChangeKind, words: &'static str) -> Self {
        Self { who: Who::OktaAdmin, words, change: Some(change) }
    }
}
