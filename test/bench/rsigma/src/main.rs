//! Matches events against Sigma rules with rsigma, round by round as it is told.
//!
//! Arguments: a file with the paths of rule files, one with the log source of each event
//! (`category|product|service` a line, absent ones empty), one with the events (JSON, one a line).
//! First writes the ids of the rules that match each event (`ids: a b`), then `rules: n`; then, for each
//! line that it reads, runs one round and writes `parse_us: n`, `total_us: n`: CPU time of parsing alone,
//! and of parsing and matching.

use std::fs::read_to_string;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::Path;

use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use rsigma_parser::ast::LogSource;
use rsigma_parser::parse_sigma_file;
use serde_json::Value;

unsafe extern "C" {
    /// CPU time of this process in microseconds, as POSIX defines it.
    fn clock() -> std::ffi::c_long;
}

fn cpu_us() -> i64 {
    // SAFETY: takes nothing, touches nothing of ours.
    unsafe { clock() }
}

fn lines_of(path: &str) -> Vec<String> {
    read_to_string(path).expect(path).lines().map(str::to_owned).collect()
}

fn logsource_of(line: &str) -> LogSource {
    let mut parts = line.split('|').map(|part| (!part.is_empty()).then(|| part.to_owned()));
    let mut next = || parts.next().flatten();
    LogSource { category: next(), product: next(), service: next(), ..LogSource::default() }
}

fn engine_of(paths: &[String]) -> (Engine, usize) {
    let mut engine = Engine::new();
    let mut rules = 0;
    for path in paths {
        let collection = parse_sigma_file(Path::new(path)).expect(path);
        for rule in &collection.rules {
            match engine.add_rule(rule) {
                Ok(()) => rules += 1,
                Err(error) => eprintln!("refused: {}: {error}", rule.title),
            }
        }
    }
    (engine, rules)
}

fn matched(engine: &Engine, json: &str, logsource: &LogSource) -> Vec<String> {
    let value: Value = serde_json::from_str(json).expect("an event is JSON");
    let found = engine.evaluate_pruned(&JsonEvent::borrow(&value), logsource);
    let mut ids: Vec<String> = found.into_iter().filter_map(|result| result.header.rule_id).collect();
    ids.sort();
    ids
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (engine, rules) = engine_of(&lines_of(&arguments[1]));
    let logsources: Vec<LogSource> = lines_of(&arguments[2]).iter().map(|line| logsource_of(line)).collect();
    let events = lines_of(&arguments[3]);
    let mut out = stdout().lock();
    for (json, logsource) in events.iter().zip(&logsources) {
        writeln!(out, "ids: {}", matched(&engine, json, logsource).join(" ")).expect("stdout");
    }
    writeln!(out, "rules: {rules}").expect("stdout");
    out.flush().expect("stdout");
    for _ in stdin().lock().lines() {
        let start = cpu_us();
        for json in &events {
            let value: Value = serde_json::from_str(json).expect("an event is JSON");
            std::hint::black_box(&value);
        }
        let parsed = cpu_us();
        for (json, logsource) in events.iter().zip(&logsources) {
            let value: Value = serde_json::from_str(json).expect("an event is JSON");
            std::hint::black_box(engine.evaluate_pruned(&JsonEvent::borrow(&value), logsource));
        }
        writeln!(out, "parse_us: {}", parsed - start).expect("stdout");
        writeln!(out, "total_us: {}", cpu_us() - parsed).expect("stdout");
        out.flush().expect("stdout");
    }
}
