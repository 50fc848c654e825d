"""Names in Terraform files."""

from __future__ import annotations

from analyzer.read.terraform import provisioned_names


def test_literals_with_what_is_filled_in():
    text = 'resource "google_storage_bucket" "raw" {\n  name = "${random_id.prefix.hex}-raw-filings"\n  region = "${var.region}"\n}\n'
    assert provisioned_names([text]) == {"google_storage_bucket", "raw", "*-raw-filings"}


def test_files_that_are_read():
    assert "secrets/keys.json" in provisioned_names(['keys = file("secrets/keys.json")\n'])
