//! What went wrong, as JSON, as text and as Markdown.

use super::table::marked_down;
use crate::diagnose::{Diagnosis, Evidence, words};
use crate::text::pad;
use serde_json::{Value, json};
use std::fmt::Write;

/// The diagnosis with the hops that it stands on: `{"findings", "needs", …, "hops": [{"number", "what", "method", "url", "status", "error"}]}`.
/// Secrets are masked in it as they are in the evidence.
pub fn json(diagnosis: &Diagnosis, evidence: &Evidence) -> Value {
    let hops: Vec<Value> = evidence
        .hops
        .iter()
        .map(|hop| {
            json!({
                "number": hop.number,
                "what": hop.endpoint,
                "method": hop.method.as_str(),
                "url": hop.url.as_str(),
                "status": hop.status,
                "error": hop.refusal.as_ref().map(|r| r.code.as_str()),
            })
        })
        .collect();
    let mut value = serde_json::to_value(diagnosis).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("hops".into(), Value::Array(hops));
    }
    value
}

/// For a terminal: the findings, what the org could still tell, and the hops.
pub fn text(diagnosis: &Diagnosis, evidence: &Evidence) -> String {
    let mut out = Vec::new();
    if !diagnosis.recognised.is_empty() {
        out.push(format!("This is {}.", diagnosis.recognised.join(", and ")));
    }
    out.extend(diagnosis.notes.iter().cloned());
    for (at, finding) in diagnosis.findings.iter().enumerate() {
        out.push(String::new());
        out.push(format!("{}. {}", at + 1, finding.headline));
        out.push(format!("   {}", words::place(finding)));
        out.extend(
            words::rows(finding).into_iter().map(|row| format!("   {} {}", pad(row.head, 10), row.text)),
        );
    }
    let open = diagnosis.needs.iter().map(|need| format!("   {} ({})", need.words(), need.scope()));
    let open: Vec<String> =
        diagnosis.could_not_look.iter().map(|said| format!("   {said}")).chain(open).collect();
    if !open.is_empty() {
        out.push(String::new());
        out.push("The org could tell more (--ask asks it):".into());
        out.extend(open);
    }
    if evidence.hops.len() > 1 {
        out.push(String::new());
        out.push("Hops, in order:".into());
        out.extend(words::hops(evidence));
    }
    out.join("\n")
}

/// The same as a part of a Markdown page, below a heading of the second level.
pub fn markdown(diagnosis: &Diagnosis, evidence: &Evidence) -> String {
    let mut out = String::new();
    if !diagnosis.recognised.is_empty() {
        let _ = writeln!(out, "This is {}.\n", diagnosis.recognised.join(", and "));
    }
    for finding in &diagnosis.findings {
        let _ = writeln!(out, "### {}\n\n- where: {}", marked_down(&finding.headline), words::place(finding));
        let mut fixed: Vec<String> = Vec::new();
        for row in words::rows(finding) {
            match (row.fixed, row.head) {
                // Two addresses one above the other keep their columns.
                (true, head) => fixed.push(format!("    {}{}", pad(head, 12), row.text)),
                (false, "") => {
                    let _ = writeln!(out, "  {}", marked_down(&row.text));
                }
                (false, head) => {
                    let _ = writeln!(out, "- {head}: {}", marked_down(&row.text));
                }
            }
        }
        if !fixed.is_empty() {
            let _ = writeln!(out, "\n{}", fixed.join("\n"));
        }
        out.push('\n');
    }
    if diagnosis.findings.is_empty() {
        out.push_str("Nothing was found in it.\n\n");
    }
    let open: Vec<String> = diagnosis.needs.iter().map(|need| need.words().to_owned()).collect();
    if !open.is_empty() {
        let _ = writeln!(out, "Not asked: {}.\n", open.join("; "));
    }
    if !evidence.hops.is_empty() {
        out.push_str("Hops, in order:\n\n");
        for line in words::hops(evidence) {
            let _ = writeln!(out, "    {line}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{judge, paste};

    #[test]
    fn a_page_keeps_two_addresses_one_above_the_other() {
        let text = "https://acme.okta.com/oauth2/default/v1/authorize?client_id=0oa1&response_type=code&scope=openid&state=a\
                    &redirect_uri=https%3A%2F%2Fauth.aigateway.cequence.ai%2Fv1%2Foutbound%2Foauth%2Fcallback%2F";
        let known =
            crate::uri::Callback { environment: "prod".into(), uri: crate::setup::GATEWAY_CALLBACK.into() };
        let evidence = paste(text, &[known], None);
        let page = markdown(&judge(&evidence), &evidence);
        insta::assert_snapshot!(page);
        let value = json(&judge(&evidence), &evidence);
        assert_eq!(value["hops"].as_array().unwrap().len(), 1);
    }
}
