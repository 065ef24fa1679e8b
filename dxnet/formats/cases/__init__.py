"""Files of cases: our own, CSV, phenopackets and FHIR."""
