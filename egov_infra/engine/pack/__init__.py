"""The policy pack: Pulumi's analyzer protocol over the same rules."""
