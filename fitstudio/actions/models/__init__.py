"""What a person does with trained models: use them, choose among them, take them out."""
