"""The audit: through which of one's own dependencies could one stolen account reach oneself?"""
