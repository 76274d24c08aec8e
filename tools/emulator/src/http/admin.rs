//! The emulator as a whole: health, stats, faults, load, and scans by a phone that is found by its
//! name.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::error::Answer;
use super::strict::Strict;
use crate::control::{Control, LoadReport, LoadRequest, Scanned};
use crate::faults::FaultRequest;
use crate::stats::StatsReport;

pub(super) async fn health() -> &'static str {
    "ok"
}

pub(super) async fn stats(State(control): State<Control>) -> Json<StatsReport> {
    Json(control.stats())
}

pub(super) async fn faults(
    State(control): State<Control>,
    Strict(request): Strict<FaultRequest>,
) -> Answer<Value> {
    let hit = control.fault(request).await?;
    Ok(Json(json!({ "connections": hit })))
}

pub(super) async fn load(
    State(control): State<Control>,
    Strict(request): Strict<LoadRequest>,
) -> Answer<LoadReport> {
    Ok(Json(control.load(&request).await?))
}

pub(super) async fn scan_qr(State(control): State<Control>, qr: String) -> Answer<Scanned> {
    Ok(Json(control.mock_scan(qr.trim()).await?))
}
