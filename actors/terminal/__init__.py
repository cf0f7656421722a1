"""What a person sees in a terminal: rich renderables made of read models; nothing here prints."""
