# scene fails stranger-refused (forgot-restart): what went wrong
#@ node01
true
