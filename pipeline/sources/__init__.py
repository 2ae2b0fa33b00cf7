"""The outside systems that rows come from, and the contract that each keeps."""
