//! The site is embedded when the server is compiled, so a new site must compile it again.
fn main() {
    println!("cargo:rerun-if-changed=../target/site");
}
