"""Rules for what is let in, as expressions: ValidatingAdmissionPolicies and their bindings (v1.36)."""
