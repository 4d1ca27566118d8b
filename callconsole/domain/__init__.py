"""What a call is: facts and rules that need neither sockets, sound nor a window."""
